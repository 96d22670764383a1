/** The middle of some samples and the quartiles around it: half of the samples lie between them. */
export interface Summary {
  readonly median: number
  readonly quartiles: readonly [number, number]
}

export function summarize(samples: readonly number[]): Summary {
  return {
    median: quantile(samples, 0.5),
    quartiles: [quantile(samples, 0.25), quantile(samples, 0.75)]
  }
}

/** The value below which the share `at` of the samples lies, interpolated between neighbours. */
export function quantile(samples: readonly number[], at: number): number {
  if (samples.length === 0) throw new Error('There is no quantile of nothing. This is a bug.')
  const sorted = Float64Array.from(samples).sort()
  const position = at * (sorted.length - 1)
  const low = Math.floor(position)
  const high = Math.ceil(position)
  return sorted[low] + (sorted[high] - sorted[low]) * (position - low)
}

/** Ratio of each sample to the one of the other side that was taken next to it. */
export function ratios(numerators: readonly number[], denominators: readonly number[]): number[] {
  if (numerators.length !== denominators.length) throw new Error('Samples are not pairs. This is a bug.')
  return numerators.map((numerator, i) => numerator / denominators[i])
}

/** Slopes between all pairs of points; their median is the trend (Theil-Sen), which outliers do not move. */
export function pairwiseSlopes(xs: readonly number[], ys: readonly number[]): number[] {
  return xs.flatMap((x, i) => xs.slice(0, i).map((before, j) => (ys[i] - ys[j]) / (x - before)))
}
