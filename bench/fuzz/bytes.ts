import type { Dice } from './dice.ts'
import { hard } from './texts.ts'

const tokens: readonly string[] = [
  '\r\n',
  '\n',
  '\r\n\r\n',
  ':',
  ' ',
  '\t',
  '0\r\n\r\n',
  'HTTP/1.1',
  'HTTP/0.9',
  'HTTP/2.0',
  'Content-Length: 0\r\n',
  'Content-Length: 18446744073709551617\r\n',
  'Content-Length: -1\r\n',
  'Transfer-Encoding: chunked\r\n',
  'Transfer-Encoding: identity, chunked\r\n',
  'Expect: 100-continue\r\n',
  'Upgrade: websocket\r\nConnection: upgrade\r\n',
  'Connection: keep-alive\r\n',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  'CONNECT x:1 HTTP/1.1\r\n\r\n',
  'GET /labels HTTP/1.1\r\n\r\n',
  '%00',
  '{',
  '"',
  '\\u',
  ...hard
]

/** Changes some bytes: flips, cuts, copies, swaps, or puts in what a parser looks for. */
export function changeBytes(bytes: Buffer, dice: Dice): Buffer {
  let changed = bytes
  for (let rounds = 1 + dice.below(4); rounds > 0; rounds--) changed = changeOnce(changed, dice)
  return changed
}

function changeOnce(bytes: Buffer, dice: Dice): Buffer {
  const at = dice.below(bytes.length + 1)
  const before = bytes.subarray(0, at)
  const length = dice.below(dice.chance(0.8) ? 4 : 200)
  switch (dice.below(7)) {
    case 0: {
      const flipped = Buffer.from(bytes)
      if (at < flipped.length) flipped[at] ^= 1 << dice.below(8)
      return flipped
    }
    case 1:
      return Buffer.concat([before, bytes.subarray(at + length)])
    case 2:
      return Buffer.concat([before, bytes.subarray(at, at + length), bytes.subarray(at)])
    case 3:
      return Buffer.concat([
        before,
        Buffer.from(dice.list(length, () => dice.below(256))),
        bytes.subarray(at)
      ])
    case 4:
      return dice.chance(0.2)
        ? before
        : Buffer.concat([before, bytes.subarray(at + 1), bytes.subarray(at, at + 1)])
    default:
      return Buffer.concat([before, Buffer.from(dice.pick(tokens)), bytes.subarray(at)])
  }
}
