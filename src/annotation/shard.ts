/** One of `count` equal parts of an input; parts are numbered from 0. */
export interface Shard {
  readonly index: number
  readonly count: number
}

export const wholeInput: Shard = { index: 0, count: 1 }

/**
 * Reads `i/n`.
 * @throws Error when there is no such part
 */
export function parseShard(value: string): Shard {
  const [, index, count] = /^(\d{1,9})\/(\d{1,9})$/.exec(value) ?? []
  if (count === undefined || Number(index) >= Number(count)) {
    throw new Error('--shard is i/n, where i goes from 0 to n - 1')
  }
  return { index: Number(index), count: Number(count) }
}
