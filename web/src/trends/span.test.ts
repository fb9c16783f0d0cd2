import { expect, test, vi } from 'vitest'
import { addDays, daysBetween } from '../figures/dates'
import { DAYS_MAX, datesOf, lastDays, lengthOf, parseSpan, windowAround, within } from './span'

const TODAY = '2026-11-23'

test.each([
  ['29 March 2026 has 23 hours in Berlin', '2026-03-27', '2026-03-31', 5],
  ['25 October 2026 has 25', '2026-10-24', '2026-10-26', 3],
  ['8 March 2026 has 23 in New York', '2026-03-08', '2026-03-09', 2],
  ['a leap day is a day', '2024-02-28', '2024-03-01', 3],
])('%s, and counts as one day', (_, from, to, days) => {
  for (const zone of ['Europe/Berlin', 'America/New_York', 'Pacific/Apia', 'UTC']) {
    vi.stubEnv('TZ', zone)
    const dates = datesOf({ from, to })
    expect(dates.length).toBe(days)
    expect(new Set(dates).size).toBe(days)
    expect(dates.at(-1)).toBe(to)
    expect(daysBetween(from, to)).toBe(days - 1)
  }
})

test('a range is as long as the server sums, and not a day longer', () => {
  const from = addDays(TODAY, 1 - DAYS_MAX)
  expect(parseSpan(from, TODAY, TODAY)).toEqual({ from, to: TODAY })
  expect(parseSpan(addDays(from, -1), TODAY, TODAY)).toEqual({ wrong: 'to', why: 'long' })
  expect(parseSpan(TODAY, addDays(TODAY, -1), TODAY)).toEqual({ wrong: 'to', why: 'order' })
  expect(parseSpan('', TODAY, TODAY)).toEqual({ wrong: 'from', why: 'day' })
  expect(parseSpan(TODAY, '2026-13-01', TODAY)).toEqual({ wrong: 'to', why: 'day' })
})

test('what is loaded holds the range, as much as is had at once, and today if it can', () => {
  for (const span of [lastDays(TODAY, 7), lastDays(TODAY, 366), { from: '2020-01-01', to: '2020-12-31' }, { from: '2025-10-01', to: '2026-10-30' }, lastDays(addDays(TODAY, 300), 30), { from: addDays(TODAY, -380), to: addDays(TODAY, 10) }]) {
    const window = windowAround(span, TODAY)
    expect(lengthOf(window)).toBe(DAYS_MAX)
    expect(window.from <= span.from && span.to <= window.to).toBe(true)
  }
  expect(windowAround(lastDays(TODAY, 90), TODAY).to).toBe(TODAY)
})

test('a range that is pushed past an end stops there and keeps its length', () => {
  const outer = { from: '2026-01-01', to: '2026-01-31' }
  expect(within({ from: '2025-12-30', to: '2026-01-05' }, outer)).toEqual({ from: '2026-01-01', to: '2026-01-07' })
  expect(within({ from: '2026-01-28', to: '2026-02-02' }, outer)).toEqual({ from: '2026-01-26', to: '2026-01-31' })
  expect(within({ from: '2025-01-01', to: '2027-01-01' }, outer)).toEqual(outer)
})
