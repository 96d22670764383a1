import type { Stage } from './stage.ts'

/**
 * Takes samples of two sides in turn, the first of each pair being the other one each time: what drifts in the
 * machine meanwhile drifts for both.
 * @param first, second are given the number of the pair, as the seed of what is random
 * @returns the samples of each side, those of a pair at the same index
 */
export async function alternate(
  stage: Pick<Stage, 'progress'>,
  pairs: number,
  first: (pair: number) => Promise<number>,
  second: (pair: number) => Promise<number>
): Promise<readonly [number[], number[]]> {
  const samples: [number[], number[]] = [[], []]
  const sides = [first, second]
  for (let pair = 0; pair < pairs; pair++) {
    stage.progress(`sample ${pair + 1} of ${pairs}`)
    for (const turn of [0, 1]) {
      const side = pair % 2 === 0 ? turn : 1 - turn
      samples[side].push(await sides[side](pair))
    }
  }
  return samples
}
