;; Viterbi and forward-backward recursions of a linear-chain CRF under IOB2, two doubles at a time.
;;
;; A row holds one number a tag: first O and B- of each label (padded to $free, an even number), then I- of each label
;; (padded likewise), $stride numbers in all; the place of a tag is its index in a row. Addresses are in bytes;
;; numbers are f64 unless said. The caller lays out memory (see lattice.ts) and computes the first row of a recursion.
(module
  (memory (export "memory") 1)

  ;; Rows of scores from emissions [length][tags] (f32): each less the highest of its token; padding is -1e300.
  (func (export "relate")
    (param $emissions i32) (param $length i32) (param $tags i32) (param $free_tags i32)
    (param $free i32) (param $stride i32) (param $rows i32)
    (local $end i32) (local $at i32) (local $stop i32) (local $to i32) (local $peak f32) (local $highest f64)
    (local $wide v128) (local $pitch i32) (local $free_bytes i32)
    (local.set $pitch (i32.shl (local.get $stride) (i32.const 3)))
    (local.set $free_bytes (i32.shl (local.get $free) (i32.const 3)))
    (local.set $end
      (i32.add (local.get $emissions)
        (i32.shl (i32.mul (local.get $length) (local.get $tags)) (i32.const 2))))
    (loop $token
      (local.set $stop (i32.add (local.get $emissions) (i32.shl (local.get $tags) (i32.const 2))))
      ;; the highest: four at a time from the start, then the rest
      (local.set $at (local.get $emissions))
      (local.set $wide (v128.load32_splat (local.get $at)))
      (block $quads_done
        (loop $quads
          (br_if $quads_done (i32.gt_u (i32.add (local.get $at) (i32.const 16)) (local.get $stop)))
          (local.set $wide (f32x4.pmax (local.get $wide) (v128.load (local.get $at))))
          (local.set $at (i32.add (local.get $at) (i32.const 16)))
          (br $quads)))
      (local.set $peak
        (f32.max
          (f32.max (f32x4.extract_lane 0 (local.get $wide)) (f32x4.extract_lane 1 (local.get $wide)))
          (f32.max (f32x4.extract_lane 2 (local.get $wide)) (f32x4.extract_lane 3 (local.get $wide)))))
      (block $rest_done
        (loop $rest
          (br_if $rest_done (i32.ge_u (local.get $at) (local.get $stop)))
          (local.set $peak (f32.max (local.get $peak) (f32.load (local.get $at))))
          (local.set $at (i32.add (local.get $at) (i32.const 4)))
          (br $rest)))
      (local.set $highest (f64.promote_f32 (local.get $peak)))
      (call $widen (local.get $emissions) (local.get $free_tags) (local.get $highest) (local.get $rows) (local.get $free))
      (call $widen
        (i32.add (local.get $emissions) (i32.shl (local.get $free_tags) (i32.const 2)))
        (i32.sub (local.get $tags) (local.get $free_tags))
        (local.get $highest)
        (i32.add (local.get $rows) (local.get $free_bytes))
        (i32.sub (local.get $stride) (local.get $free)))
      (local.set $rows (i32.add (local.get $rows) (local.get $pitch)))
      (local.set $emissions (local.get $stop))
      (br_if $token (i32.lt_u (local.get $emissions) (local.get $end)))))

  ;; to[0, count) = from[0, count) (f32) - highest; to[count, width) = -1e300
  (func $widen (param $from i32) (param $count i32) (param $highest f64) (param $to i32) (param $width i32)
    (local $last i32) (local $end i32) (local $h v128)
    (local.set $h (f64x2.splat (local.get $highest)))
    (local.set $end (i32.add (local.get $to) (i32.shl (local.get $width) (i32.const 3))))
    (local.set $last (i32.add (local.get $from) (i32.shl (local.get $count) (i32.const 2))))
    (block $pairs_done
      (loop $pairs
        (br_if $pairs_done (i32.gt_u (i32.add (local.get $from) (i32.const 8)) (local.get $last)))
        (v128.store (local.get $to)
          (f64x2.sub (f64x2.promote_low_f32x4 (v128.load64_zero (local.get $from))) (local.get $h)))
        (local.set $from (i32.add (local.get $from) (i32.const 8)))
        (local.set $to (i32.add (local.get $to) (i32.const 16)))
        (br $pairs)))
    (if (i32.lt_u (local.get $from) (local.get $last))
      (then
        (f64.store (local.get $to) (f64.sub (f64.promote_f32 (f32.load (local.get $from))) (local.get $highest)))
        (local.set $to (i32.add (local.get $to) (i32.const 8)))))
    (block $done
      (loop $pad
        (br_if $done (i32.ge_u (local.get $to) (local.get $end)))
        (f64.store (local.get $to) (f64.const -1e300))
        (local.set $to (i32.add (local.get $to) (i32.const 8)))
        (br $pad))))

  ;; Best scores of the paths to each tag of the tokens 1 to length - 1, in two rows used in turns, and the places that
  ;; they came from, one row a token. Returns the address of the last row of scores.
  ;; into_free: [stride][free] scores into O and B-; begin, inside: [stride - free] scores B- -> I-, I- -> I-;
  ;; slack: [stride]; places: 0, 1, 2, ... [stride].
  ;; A place s cannot win any free target when score(s) < score(best) - slack(best), where slack(best) is the most by
  ;; which any transition into any free target exceeds the one from the best place: an exact pruning.
  (func (export "viterbi")
    (param $length i32) (param $stride i32) (param $free i32)
    (param $into_free i32) (param $begin i32) (param $inside i32) (param $slack i32) (param $places i32)
    (param $scores i32) (param $here i32) (param $next i32) (param $back i32) (result i32)
    (local $pitch i32) (local $free_bytes i32) (local $step i32) (local $at i32) (local $end i32) (local $place i32)
    (local $wide v128) (local $peak f64) (local $bound f64) (local $from v128) (local $s v128) (local $x v128)
    (local $mask v128) (local $row i32) (local $first i32) (local $swap i32) (local $lane i32)
    (local.set $pitch (i32.shl (local.get $stride) (i32.const 3)))
    (local.set $free_bytes (i32.shl (local.get $free) (i32.const 3)))
    (local.set $step (i32.const 1))
    (block $done
      (loop $token
        (br_if $done (i32.ge_u (local.get $step) (local.get $length)))
        (local.set $scores (i32.add (local.get $scores) (local.get $pitch)))
        (local.set $back (i32.add (local.get $back) (local.get $pitch)))
        ;; the best place, the first of equals
        (local.set $wide (v128.load (local.get $here)))
        (local.set $at (i32.const 16))
        (loop $highest
          (local.set $wide (f64x2.pmax (local.get $wide) (v128.load (i32.add (local.get $here) (local.get $at)))))
          (local.set $at (i32.add (local.get $at) (i32.const 16)))
          (br_if $highest (i32.lt_u (local.get $at) (local.get $pitch))))
        (local.set $peak
          (f64.max (f64x2.extract_lane 0 (local.get $wide)) (f64x2.extract_lane 1 (local.get $wide))))
        (local.set $at (i32.const -8))
        (loop $find
          (local.set $at (i32.add (local.get $at) (i32.const 8)))
          (br_if $find (f64.ne (f64.load (i32.add (local.get $here) (local.get $at))) (local.get $peak))))
        (local.set $bound (f64.sub (local.get $peak) (f64.load (i32.add (local.get $slack) (local.get $at)))))
        (local.set $wide (f64x2.splat (local.get $bound)))
        ;; O and B-: the best of the places that can win
        (local.set $first (i32.const 1))
        (local.set $place (i32.const 0))
        (loop $candidates
          (if (v128.any_true
                (f64x2.ge (v128.load (i32.add (local.get $here) (local.get $place))) (local.get $wide)))
            (then
              (local.set $lane (i32.const 0))
              (loop $lanes
                (local.set $at (i32.add (local.get $place) (local.get $lane)))
                (if (f64.ge (f64.load (i32.add (local.get $here) (local.get $at))) (local.get $bound))
                  (then
                    (local.set $s (v128.load64_splat (i32.add (local.get $here) (local.get $at))))
                    (local.set $from (v128.load64_splat (i32.add (local.get $places) (local.get $at))))
                    (local.set $row
                      (i32.add (local.get $into_free) (i32.mul (i32.shr_u (local.get $at) (i32.const 3)) (local.get $free_bytes))))
                    (local.set $at (i32.const 0))
                    (if (local.get $first)
                      (then
                        (local.set $first (i32.const 0))
                        (loop $targets
                          (v128.store (i32.add (local.get $next) (local.get $at))
                            (f64x2.add (local.get $s) (v128.load (i32.add (local.get $row) (local.get $at)))))
                          (v128.store (i32.add (local.get $back) (local.get $at)) (local.get $from))
                          (local.set $at (i32.add (local.get $at) (i32.const 16)))
                          (br_if $targets (i32.lt_u (local.get $at) (local.get $free_bytes)))))
                      (else
                        (loop $targets
                          (local.set $x (f64x2.add (local.get $s) (v128.load (i32.add (local.get $row) (local.get $at)))))
                          (local.set $mask (f64x2.gt (local.get $x) (v128.load (i32.add (local.get $next) (local.get $at)))))
                          (v128.store (i32.add (local.get $next) (local.get $at))
                            (v128.bitselect (local.get $x) (v128.load (i32.add (local.get $next) (local.get $at))) (local.get $mask)))
                          (v128.store (i32.add (local.get $back) (local.get $at))
                            (v128.bitselect (local.get $from) (v128.load (i32.add (local.get $back) (local.get $at))) (local.get $mask)))
                          (local.set $at (i32.add (local.get $at) (i32.const 16)))
                          (br_if $targets (i32.lt_u (local.get $at) (local.get $free_bytes))))))))
                (local.set $lane (i32.add (local.get $lane) (i32.const 8)))
                (br_if $lanes (i32.lt_u (local.get $lane) (i32.const 16))))))
          (local.set $place (i32.add (local.get $place) (i32.const 16)))
          (br_if $candidates (i32.lt_u (local.get $place) (local.get $pitch))))
        ;; I- of each label, after its B- (one number on in the row) or its I-
        (local.set $at (i32.const 0))
        (local.set $end (i32.sub (local.get $pitch) (local.get $free_bytes)))
        (loop $label
          (local.set $row (i32.add (local.get $at) (local.get $free_bytes)))
          (local.set $s
            (f64x2.add
              (v128.load offset=8 (i32.add (local.get $here) (local.get $at)))
              (v128.load (i32.add (local.get $begin) (local.get $at)))))
          (local.set $x
            (f64x2.add
              (v128.load (i32.add (local.get $here) (local.get $row)))
              (v128.load (i32.add (local.get $inside) (local.get $at)))))
          (local.set $mask (f64x2.gt (local.get $x) (local.get $s)))
          (v128.store (i32.add (local.get $next) (local.get $row))
            (v128.bitselect (local.get $x) (local.get $s) (local.get $mask)))
          (v128.store (i32.add (local.get $back) (local.get $row))
            (v128.bitselect
              (v128.load (i32.add (local.get $places) (local.get $row)))
              (v128.load offset=8 (i32.add (local.get $places) (local.get $at)))
              (local.get $mask)))
          (local.set $at (i32.add (local.get $at) (i32.const 16)))
          (br_if $label (i32.lt_u (local.get $at) (local.get $end))))
        ;; plus the scores of the token
        (local.set $at (i32.const 0))
        (loop $add
          (v128.store (i32.add (local.get $next) (local.get $at))
            (f64x2.add
              (v128.load (i32.add (local.get $next) (local.get $at)))
              (v128.load (i32.add (local.get $scores) (local.get $at)))))
          (local.set $at (i32.add (local.get $at) (i32.const 16)))
          (br_if $add (i32.lt_u (local.get $at) (local.get $pitch))))
        (local.set $swap (local.get $here))
        (local.set $here (local.get $next))
        (local.set $next (local.get $swap))
        (local.set $step (i32.add (local.get $step) (i32.const 1)))
        (br $token)))
    (local.get $here))

  ;; Replaces `count` numbers (even, each at most 0) at `address` by their exponentials.
  ;; x = n ln 2 + r with |r| <= ln 2 / 2; exp(r) by its Taylor polynomial of degree 11 (relative error below 1e-14).
  (func (export "exponentiate") (param $address i32) (param $count i32)
    (local $end i32) (local $x v128) (local $n v128) (local $r v128) (local $y v128)
    (local.set $end (i32.add (local.get $address) (i32.shl (local.get $count) (i32.const 3))))
    (loop $next
      (local.set $x (f64x2.pmax (v128.load (local.get $address)) (v128.const f64x2 -700 -700)))
      (local.set $n
        (f64x2.nearest (f64x2.mul (local.get $x) (v128.const f64x2 1.4426950408889634 1.4426950408889634))))
      (local.set $r
        (f64x2.sub (local.get $x)
          (f64x2.mul (local.get $n) (v128.const f64x2 0.6931471803691238 0.6931471803691238))))
      (local.set $r
        (f64x2.sub (local.get $r)
          (f64x2.mul (local.get $n) (v128.const f64x2 1.9082149292705877e-10 1.9082149292705877e-10))))
      (local.set $y (v128.const f64x2 2.505210838544172e-08 2.505210838544172e-08))
      (local.set $y (f64x2.add (f64x2.mul (local.get $y) (local.get $r)) (v128.const f64x2 2.755731922398589e-07 2.755731922398589e-07)))
      (local.set $y (f64x2.add (f64x2.mul (local.get $y) (local.get $r)) (v128.const f64x2 2.7557319223985893e-06 2.7557319223985893e-06)))
      (local.set $y (f64x2.add (f64x2.mul (local.get $y) (local.get $r)) (v128.const f64x2 2.48015873015873e-05 2.48015873015873e-05)))
      (local.set $y (f64x2.add (f64x2.mul (local.get $y) (local.get $r)) (v128.const f64x2 0.0001984126984126984 0.0001984126984126984)))
      (local.set $y (f64x2.add (f64x2.mul (local.get $y) (local.get $r)) (v128.const f64x2 0.001388888888888889 0.001388888888888889)))
      (local.set $y (f64x2.add (f64x2.mul (local.get $y) (local.get $r)) (v128.const f64x2 0.008333333333333333 0.008333333333333333)))
      (local.set $y (f64x2.add (f64x2.mul (local.get $y) (local.get $r)) (v128.const f64x2 0.041666666666666664 0.041666666666666664)))
      (local.set $y (f64x2.add (f64x2.mul (local.get $y) (local.get $r)) (v128.const f64x2 0.16666666666666666 0.16666666666666666)))
      (local.set $y (f64x2.add (f64x2.mul (local.get $y) (local.get $r)) (v128.const f64x2 0.5 0.5)))
      (local.set $y (f64x2.add (f64x2.mul (local.get $y) (local.get $r)) (v128.const f64x2 1 1)))
      (local.set $y (f64x2.add (f64x2.mul (local.get $y) (local.get $r)) (v128.const f64x2 1 1)))
      ;; times 2^n, whose bits are the biased exponent
      (v128.store (local.get $address)
        (f64x2.mul (local.get $y)
          (i64x2.shl
            (i64x2.add
              (i64x2.extend_low_i32x4_s (i32x4.trunc_sat_f64x2_s_zero (local.get $n)))
              (v128.const i64x2 1023 1023))
            (i32.const 52))))
      (local.set $address (i32.add (local.get $address) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $address) (local.get $end)))))

  ;; Divides a row by its sum, given in two halves; writes the sum to `to`.
  (func $normalize (param $row i32) (param $stride i32) (param $halves v128) (param $to i32)
    (local $end i32) (local $sum f64) (local $factor v128)
    (local.set $sum
      (f64.add (f64x2.extract_lane 0 (local.get $halves)) (f64x2.extract_lane 1 (local.get $halves))))
    (f64.store (local.get $to) (local.get $sum))
    (local.set $factor (f64x2.splat (f64.div (f64.const 1) (local.get $sum))))
    (local.set $end (i32.add (local.get $row) (i32.shl (local.get $stride) (i32.const 3))))
    (loop $next
      (v128.store (local.get $row) (f64x2.mul (v128.load (local.get $row)) (local.get $factor)))
      (local.set $row (i32.add (local.get $row) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $row) (local.get $end)))))

  ;; target[0, width) = sum over i < count of vector[i] x matrix[i][0, width); width is even
  (func $multiply (param $vector i32) (param $count i32) (param $matrix i32) (param $width i32) (param $target i32)
    (local $last i32) (local $pitch i32) (local $end i32)
    (local.set $pitch (i32.shl (local.get $width) (i32.const 3)))
    (local.set $last (i32.add (local.get $vector) (i32.shl (local.get $count) (i32.const 3))))
    (local.set $end (i32.add (local.get $target) (local.get $pitch)))
    ;; 18, where it leaves a multiple of 16: so it does with 32 labels
    (if (i32.and
          (i32.eq (i32.and (local.get $width) (i32.const 15)) (i32.const 2))
          (i32.gt_u (local.get $width) (i32.const 16)))
      (then
        (call $multiply_18 (local.get $vector) (local.get $last) (local.get $matrix) (local.get $pitch) (local.get $target))
        (local.set $target (i32.add (local.get $target) (i32.const 144)))
        (local.set $matrix (i32.add (local.get $matrix) (i32.const 144)))))
    (block $wide_done
      (loop $wide
        (br_if $wide_done (i32.gt_u (i32.add (local.get $target) (i32.const 128)) (local.get $end)))
        (call $multiply_16 (local.get $vector) (local.get $last) (local.get $matrix) (local.get $pitch) (local.get $target))
        (local.set $target (i32.add (local.get $target) (i32.const 128)))
        (local.set $matrix (i32.add (local.get $matrix) (i32.const 128)))
        (br $wide)))
    (block $done
      (loop $block
        (br_if $done (i32.ge_u (local.get $target) (local.get $end)))
        (call $multiply_2 (local.get $vector) (local.get $last) (local.get $matrix) (local.get $pitch) (local.get $target))
        (local.set $target (i32.add (local.get $target) (i32.const 16)))
        (local.set $matrix (i32.add (local.get $matrix) (i32.const 16)))
        (br $block))))

  ;; The first 18 numbers of the target, in as many registers as hide how long an addition takes.
  (func $multiply_18
    (param $vector i32) (param $last i32) (param $matrix i32) (param $pitch i32) (param $target i32)
    (local $s v128) (local $a v128) (local $b v128) (local $c v128) (local $d v128) (local $e v128) (local $f v128) (local $g v128) (local $h v128) (local $i v128)
    (loop $row
      (local.set $s (v128.load64_splat (local.get $vector)))
      (local.set $a (f64x2.add (local.get $a) (f64x2.mul (local.get $s) (v128.load (local.get $matrix)))))
      (local.set $b (f64x2.add (local.get $b) (f64x2.mul (local.get $s) (v128.load offset=16 (local.get $matrix)))))
      (local.set $c (f64x2.add (local.get $c) (f64x2.mul (local.get $s) (v128.load offset=32 (local.get $matrix)))))
      (local.set $d (f64x2.add (local.get $d) (f64x2.mul (local.get $s) (v128.load offset=48 (local.get $matrix)))))
      (local.set $e (f64x2.add (local.get $e) (f64x2.mul (local.get $s) (v128.load offset=64 (local.get $matrix)))))
      (local.set $f (f64x2.add (local.get $f) (f64x2.mul (local.get $s) (v128.load offset=80 (local.get $matrix)))))
      (local.set $g (f64x2.add (local.get $g) (f64x2.mul (local.get $s) (v128.load offset=96 (local.get $matrix)))))
      (local.set $h (f64x2.add (local.get $h) (f64x2.mul (local.get $s) (v128.load offset=112 (local.get $matrix)))))
      (local.set $i (f64x2.add (local.get $i) (f64x2.mul (local.get $s) (v128.load offset=128 (local.get $matrix)))))
      (local.set $matrix (i32.add (local.get $matrix) (local.get $pitch)))
      (local.set $vector (i32.add (local.get $vector) (i32.const 8)))
      (br_if $row (i32.lt_u (local.get $vector) (local.get $last))))
    (v128.store (local.get $target) (local.get $a))
    (v128.store offset=16 (local.get $target) (local.get $b))
    (v128.store offset=32 (local.get $target) (local.get $c))
    (v128.store offset=48 (local.get $target) (local.get $d))
    (v128.store offset=64 (local.get $target) (local.get $e))
    (v128.store offset=80 (local.get $target) (local.get $f))
    (v128.store offset=96 (local.get $target) (local.get $g))
    (v128.store offset=112 (local.get $target) (local.get $h))
    (v128.store offset=128 (local.get $target) (local.get $i)))

  ;; The first 16 numbers of the target, in as many registers as hide how long an addition takes.
  (func $multiply_16
    (param $vector i32) (param $last i32) (param $matrix i32) (param $pitch i32) (param $target i32)
    (local $s v128) (local $a v128) (local $b v128) (local $c v128) (local $d v128) (local $e v128) (local $f v128) (local $g v128) (local $h v128)
    (loop $row
      (local.set $s (v128.load64_splat (local.get $vector)))
      (local.set $a (f64x2.add (local.get $a) (f64x2.mul (local.get $s) (v128.load (local.get $matrix)))))
      (local.set $b (f64x2.add (local.get $b) (f64x2.mul (local.get $s) (v128.load offset=16 (local.get $matrix)))))
      (local.set $c (f64x2.add (local.get $c) (f64x2.mul (local.get $s) (v128.load offset=32 (local.get $matrix)))))
      (local.set $d (f64x2.add (local.get $d) (f64x2.mul (local.get $s) (v128.load offset=48 (local.get $matrix)))))
      (local.set $e (f64x2.add (local.get $e) (f64x2.mul (local.get $s) (v128.load offset=64 (local.get $matrix)))))
      (local.set $f (f64x2.add (local.get $f) (f64x2.mul (local.get $s) (v128.load offset=80 (local.get $matrix)))))
      (local.set $g (f64x2.add (local.get $g) (f64x2.mul (local.get $s) (v128.load offset=96 (local.get $matrix)))))
      (local.set $h (f64x2.add (local.get $h) (f64x2.mul (local.get $s) (v128.load offset=112 (local.get $matrix)))))
      (local.set $matrix (i32.add (local.get $matrix) (local.get $pitch)))
      (local.set $vector (i32.add (local.get $vector) (i32.const 8)))
      (br_if $row (i32.lt_u (local.get $vector) (local.get $last))))
    (v128.store (local.get $target) (local.get $a))
    (v128.store offset=16 (local.get $target) (local.get $b))
    (v128.store offset=32 (local.get $target) (local.get $c))
    (v128.store offset=48 (local.get $target) (local.get $d))
    (v128.store offset=64 (local.get $target) (local.get $e))
    (v128.store offset=80 (local.get $target) (local.get $f))
    (v128.store offset=96 (local.get $target) (local.get $g))
    (v128.store offset=112 (local.get $target) (local.get $h)))

  ;; The first 2 numbers of the target, in as many registers as hide how long an addition takes.
  (func $multiply_2
    (param $vector i32) (param $last i32) (param $matrix i32) (param $pitch i32) (param $target i32)
    (local $s v128) (local $a v128)
    (loop $row
      (local.set $s (v128.load64_splat (local.get $vector)))
      (local.set $a (f64x2.add (local.get $a) (f64x2.mul (local.get $s) (v128.load (local.get $matrix)))))
      (local.set $matrix (i32.add (local.get $matrix) (local.get $pitch)))
      (local.set $vector (i32.add (local.get $vector) (i32.const 8)))
      (br_if $row (i32.lt_u (local.get $vector) (local.get $last))))
    (v128.store (local.get $target) (local.get $a)))

  ;; Forward rows 1 to length - 1, each divided by its sum, which goes to `scales`.
  ;; into_free: [stride][free] weights into O and B-; begin and inside: [stride - free] weights B- -> I-, I- -> I-.
  (func (export "forward")
    (param $length i32) (param $stride i32) (param $free i32)
    (param $into_free i32) (param $begin i32) (param $inside i32)
    (param $weights i32) (param $rows i32) (param $scales i32)
    (local $pitch i32) (local $step i32) (local $here i32) (local $at i32) (local $end i32)
    (local $free_bytes i32) (local $x v128) (local $total v128)
    (local.set $pitch (i32.shl (local.get $stride) (i32.const 3)))
    (local.set $free_bytes (i32.shl (local.get $free) (i32.const 3)))
    (local.set $step (i32.const 1))
    (block $done
      (loop $token
        (br_if $done (i32.ge_u (local.get $step) (local.get $length)))
        (local.set $here (i32.add (local.get $rows) (local.get $pitch)))
        (call $multiply (local.get $rows) (local.get $stride) (local.get $into_free) (local.get $free) (local.get $here))
        ;; I- of each label, after its B- (one number on in the row) or its I-
        (local.set $at (i32.const 0))
        (local.set $end (i32.sub (local.get $pitch) (local.get $free_bytes)))
        (loop $label
          (v128.store
            (i32.add (i32.add (local.get $here) (local.get $free_bytes)) (local.get $at))
            (f64x2.add
              (f64x2.mul
                (v128.load offset=8 (i32.add (local.get $rows) (local.get $at)))
                (v128.load (i32.add (local.get $begin) (local.get $at))))
              (f64x2.mul
                (v128.load (i32.add (i32.add (local.get $rows) (local.get $free_bytes)) (local.get $at)))
                (v128.load (i32.add (local.get $inside) (local.get $at))))))
          (local.set $at (i32.add (local.get $at) (i32.const 16)))
          (br_if $label (i32.lt_u (local.get $at) (local.get $end))))
        ;; times the weights of the token
        (local.set $weights (i32.add (local.get $weights) (local.get $pitch)))
        (local.set $total (v128.const f64x2 0 0))
        (local.set $at (i32.const 0))
        (loop $weigh
          (local.set $x
            (f64x2.mul
              (v128.load (i32.add (local.get $here) (local.get $at)))
              (v128.load (i32.add (local.get $weights) (local.get $at)))))
          (v128.store (i32.add (local.get $here) (local.get $at)) (local.get $x))
          (local.set $total (f64x2.add (local.get $total) (local.get $x)))
          (local.set $at (i32.add (local.get $at) (i32.const 16)))
          (br_if $weigh (i32.lt_u (local.get $at) (local.get $pitch))))
        (call $normalize (local.get $here) (local.get $stride) (local.get $total)
          (i32.add (local.get $scales) (i32.shl (local.get $step) (i32.const 3))))
        (local.set $rows (local.get $here))
        (local.set $step (i32.add (local.get $step) (i32.const 1)))
        (br $token))))

  ;; Backward rows length - 2 to first, each divided by its sum, which goes to `norms`.
  ;; from_free: [free][stride], the transpose of into_free; scratch: a row.
  (func (export "backward")
    (param $first i32) (param $length i32) (param $stride i32) (param $free i32) (param $free_tags i32)
    (param $from_free i32) (param $begin i32) (param $inside i32)
    (param $weights i32) (param $rows i32) (param $norms i32) (param $scratch i32)
    (local $pitch i32) (local $step i32) (local $here i32) (local $next i32) (local $weigh i32) (local $at i32)
    (local $end i32) (local $free_bytes i32) (local $x v128) (local $to i32) (local $total v128)
    (local.set $pitch (i32.shl (local.get $stride) (i32.const 3)))
    (local.set $free_bytes (i32.shl (local.get $free) (i32.const 3)))
    (local.set $step (i32.sub (local.get $length) (i32.const 1)))
    (block $done
      (loop $token
        (br_if $done (i32.le_u (local.get $step) (local.get $first)))
        ;; scratch = weights of the next token times its backward row
        (local.set $next (i32.add (local.get $rows) (i32.mul (local.get $step) (local.get $pitch))))
        (local.set $weigh (i32.add (local.get $weights) (i32.mul (local.get $step) (local.get $pitch))))
        (local.set $at (i32.const 0))
        (loop $product
          (v128.store (i32.add (local.get $scratch) (local.get $at))
            (f64x2.mul
              (v128.load (i32.add (local.get $next) (local.get $at)))
              (v128.load (i32.add (local.get $weigh) (local.get $at)))))
          (local.set $at (i32.add (local.get $at) (i32.const 16)))
          (br_if $product (i32.lt_u (local.get $at) (local.get $pitch))))
        (local.set $step (i32.sub (local.get $step) (i32.const 1)))
        (local.set $here (i32.sub (local.get $next) (local.get $pitch)))
        (call $multiply (local.get $scratch) (local.get $free_tags) (local.get $from_free) (local.get $stride) (local.get $here))
        ;; B- and I- of each label may also go on with its I-
        (local.set $at (i32.const 0))
        (local.set $end (i32.sub (local.get $pitch) (local.get $free_bytes)))
        (loop $label
          (local.set $x (v128.load (i32.add (i32.add (local.get $scratch) (local.get $free_bytes)) (local.get $at))))
          (local.set $to (i32.add (local.get $here) (local.get $at)))
          (v128.store offset=8 (local.get $to)
            (f64x2.add
              (v128.load offset=8 (local.get $to))
              (f64x2.mul (local.get $x) (v128.load (i32.add (local.get $begin) (local.get $at))))))
          (local.set $to (i32.add (local.get $to) (local.get $free_bytes)))
          (v128.store (local.get $to)
            (f64x2.add
              (v128.load (local.get $to))
              (f64x2.mul (local.get $x) (v128.load (i32.add (local.get $inside) (local.get $at))))))
          (local.set $at (i32.add (local.get $at) (i32.const 16)))
          (br_if $label (i32.lt_u (local.get $at) (local.get $end))))
        (local.set $total (v128.const f64x2 0 0))
        (local.set $at (i32.const 0))
        (loop $sum
          (local.set $total (f64x2.add (local.get $total) (v128.load (i32.add (local.get $here) (local.get $at)))))
          (local.set $at (i32.add (local.get $at) (i32.const 16)))
          (br_if $sum (i32.lt_u (local.get $at) (local.get $pitch))))
        (call $normalize (local.get $here) (local.get $stride) (local.get $total)
          (i32.add (local.get $norms) (i32.shl (local.get $step) (i32.const 3))))
        (br $token)))))
