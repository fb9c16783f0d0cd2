// Plain statistics of a few hundred numbers.

export interface Summary {
  n: number
  mean: number
  /** Of the sample; null of fewer than two. */
  deviation: number | null
  least: number
  most: number
  median: number
}

export function summaryOf(values: readonly number[]): Summary | null {
  const n = values.length
  if (n === 0) return null
  const sorted = values.toSorted((a, b) => a - b)
  const mean = values.reduce((sum, value) => sum + value, 0) / n
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return {
    n,
    mean,
    deviation: n > 1 ? Math.sqrt(squares / (n - 1)) : null,
    least: sorted[0] ?? mean,
    most: sorted[n - 1] ?? mean,
    median: quantile(sorted, 0.5),
  }
}

/** Of rising numbers, between the two nearest; NaN of none. */
export function quantile(sorted: readonly number[], part: number): number {
  const at = (sorted.length - 1) * part
  const below = sorted[Math.floor(at)]
  const above = sorted[Math.ceil(at)]
  return below === undefined || above === undefined ? NaN : below + (above - below) * (at - Math.floor(at))
}

/** The straight line through points with the least squares; null where two points do not make one. */
export function lineThrough(points: readonly { x: number; y: number }[]): { slope: number; intercept: number } | null {
  const n = points.length
  if (n < 2) return null
  const x = points.reduce((sum, point) => sum + point.x, 0) / n
  const y = points.reduce((sum, point) => sum + point.y, 0) / n
  const width = points.reduce((sum, point) => sum + (point.x - x) ** 2, 0)
  if (width === 0) return null
  const slope = points.reduce((sum, point) => sum + (point.x - x) * (point.y - y), 0) / width
  return { slope, intercept: y - slope * x }
}

/** How far two things go together, from -1 to 1; null where there are fewer than three pairs or one stands still. */
export function correlation(pairs: readonly { x: number; y: number }[]): number | null {
  const there = lineThrough(pairs)
  const back = lineThrough(pairs.map(({ x, y }) => ({ x: y, y: x })))
  if (pairs.length < 3 || !there || !back) return null
  return Math.sign(there.slope) * Math.min(1, Math.sqrt(there.slope * back.slope))
}
