/** Random numbers that are the same in every run (mulberry32). */
export interface Random {
  /** in [0, 1) */
  next(): number
  /** in [0, bound) */
  below(bound: number): number
  /** in [-size, size) */
  around(size: number): number
}

export function seeded(seed: number): Random {
  let state = seed
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let value = Math.imul(state ^ (state >>> 15), 1 | state)
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32
  }
  return {
    next,
    below: bound => Math.floor(next() * bound),
    around: size => (2 * next() - 1) * size
  }
}
