// The same weekday over and over: what it is like, and how much it varies.

import { weekdayNumber } from '../figures/dates'
import { summaryOf, type Summary } from './stats'

export interface Weekday {
  /** 1 is Monday. */
  weekday: number
  /** Null where no day counts. */
  summary: Summary | null
}

/** For each weekday what its days that count are like, beginning with the first of the week. */
export function byWeekday(dates: readonly string[], values: readonly (number | null)[], counts: readonly boolean[], first: number): Weekday[] {
  const found = new Map<number, number[]>()
  dates.forEach((date, at) => {
    const value = values[at]
    if (value === null || value === undefined || !counts[at]) return
    const weekday = weekdayNumber(date)
    found.set(weekday, [...(found.get(weekday) ?? []), value])
  })
  return Array.from({ length: 7 }, (_, at) => ((first - 1 + at) % 7) + 1).map((weekday) => ({ weekday, summary: summaryOf(found.get(weekday) ?? []) }))
}
