import { describe, expect, test } from 'vitest'
import { addDays, dayOf, groupAt, lastDay, longDate, parseDay, timeOf } from './dates'

describe('days', () => {
  test('a day is the local calendar day, also a minute before midnight', () => {
    expect(dayOf(new Date(2026, 10, 22, 23, 59))).toBe('2026-11-22')
    expect(timeOf(new Date(2026, 10, 22, 7, 5))).toBe('07:05')
  })

  test('adding days crosses months, leap days and the changes of summer time', () => {
    expect(addDays('2026-11-30', 1)).toBe('2026-12-01')
    expect(addDays('2028-02-28', 1)).toBe('2028-02-29')
    expect(addDays('2026-03-29', 1)).toBe('2026-03-30')
    expect(addDays('2026-10-25', -1)).toBe('2026-10-24')
    expect(addDays('2026-01-01', -1)).toBe('2025-12-31')
  })

  test('a typed day is a real one within the limits, or nothing', () => {
    const today = '2026-11-22'
    expect(parseDay('1900-01-01', today)).toBe('1900-01-01')
    expect(parseDay(lastDay(today), today)).toBe('2027-11-22')
    for (const wrong of ['', '2026-13-01', '1899-12-31', '2027-11-23', '22.11.2026']) {
      expect(parseDay(wrong, today)).toBeNull()
    }
  })

  test('the year is said only when it is another', () => {
    expect(longDate('2026-11-22', 'en-GB', '2026-01-01')).toBe('22 November')
    expect(longDate('2025-11-22', 'de', '2026-01-01')).toBe('22. November 2025')
  })
})

test.each([
  ['02:00', 'snacks'],
  ['07:30', 'breakfast'],
  ['12:00', 'lunch'],
  ['16:00', 'snacks'],
  ['19:00', 'dinner'],
  ['23:00', 'snacks'],
])('at %s people have %s', (time, group) => expect(groupAt(time)).toBe(group))
