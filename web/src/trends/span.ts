// Ranges of days. Dates are civil: a range over a day of 23 or of 25 hours has as many days as any other.

import { addDays, daysBetween, parseDay } from '../figures/dates'

/** As many days as the server sums at once: a year and a month. */
export const DAYS_MAX = 400

export interface Span {
  from: string
  to: string
}

export function lengthOf({ from, to }: Span): number {
  return daysBetween(from, to) + 1
}

export function datesOf(span: Span): string[] {
  return Array.from({ length: Math.max(0, lengthOf(span)) }, (_, at) => addDays(span.from, at))
}

/** So many days, the last of which is given. */
export function lastDays(last: string, days: number): Span {
  return { from: addDays(last, 1 - days), to: last }
}

/** A range as typed, or which of its ends is wrong and how. */
export function parseSpan(from: string, to: string, today: string): Span | { wrong: 'from' | 'to'; why: 'day' | 'order' | 'long' } {
  const first = parseDay(from, today)
  if (first === null) return { wrong: 'from', why: 'day' }
  const last = parseDay(to, today)
  if (last === null) return { wrong: 'to', why: 'day' }
  const length = lengthOf({ from: first, to: last })
  if (length < 1) return { wrong: 'to', why: 'order' }
  return length > DAYS_MAX ? { wrong: 'to', why: 'long' } : { from: first, to: last }
}

/** What is loaded for a range to be moved about in: as many days as are had at once, up to today where that will do. */
export function windowAround(span: Span, today: string): Span {
  const reach = addDays(span.from, DAYS_MAX - 1)
  const last = reach < today ? reach : today
  return lastDays(span.to > last ? span.to : last, DAYS_MAX)
}

/** The range moved or cut so that it lies within another. */
export function within(span: Span, outer: Span): Span {
  const length = Math.min(lengthOf(span), lengthOf(outer))
  if (span.from < outer.from) return { from: outer.from, to: addDays(outer.from, length - 1) }
  if (span.to > outer.to) return { from: addDays(outer.to, 1 - length), to: outer.to }
  return span
}
