/** The mean of the known values in the window that ends at each day; unknown where the day itself is. */
export function movingAverage(values: readonly (number | null)[], days: number): (number | null)[] {
  return values.map((value, at) => {
    if (value === null) return null
    const known = values.slice(Math.max(0, at - days + 1), at + 1).filter((each) => each !== null)
    return known.reduce((sum, each) => sum + each, 0) / known.length
  })
}
