import { expect, test } from 'vitest'
import { datesOf } from './span'
import { byWeekday } from './weekdays'

test('weekdays are told apart across summer time, and days that do not count are left out', () => {
  // 23 March 2026 is a Monday; the clocks change on the Sunday after.
  const dates = datesOf({ from: '2026-03-23', to: '2026-04-05' })
  const values = dates.map((_, at) => (at === 8 ? null : at))
  const found = byWeekday(dates, values, dates.map((_, at) => at !== 7), 1)
  expect(found.map(({ weekday }) => weekday)).toEqual([1, 2, 3, 4, 5, 6, 7])
  expect(found.map(({ summary }) => summary?.n)).toEqual([1, 1, 2, 2, 2, 2, 2])
  expect(found[6]?.summary?.mean).toBe((6 + 13) / 2)
})

test('a week begins where the person is at home', () => {
  expect(byWeekday([], [], [], 7).map(({ weekday }) => weekday)).toEqual([7, 1, 2, 3, 4, 5, 6])
  expect(byWeekday([], [], [], 7).every(({ summary }) => summary === null)).toBe(true)
})
