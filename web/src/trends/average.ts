/**
 * The mean of the days that count in the window that ends at each day. A day without a value stays a gap: it is
 * not zero, and it is not bridged. A day whose value does not count (it is not complete) still has an average, of
 * the days around it.
 */
export function movingAverage(values: readonly (number | null)[], days: number, counts?: readonly boolean[]): (number | null)[] {
  const averages: (number | null)[] = []
  let sum = 0
  let known = 0
  const step = (at: number, sign: 1 | -1) => {
    const value = values[at]
    if (value === null || value === undefined || (counts && !counts[at])) return
    sum += sign * value
    known += sign
  }
  values.forEach((value, at) => {
    step(at, 1)
    if (at >= days) step(at - days, -1)
    // What adding and taking away leaves of nothing is nothing.
    if (known === 0) sum = 0
    averages.push(value === null || known === 0 ? null : sum / known)
  })
  return averages
}
