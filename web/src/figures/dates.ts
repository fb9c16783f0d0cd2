// Calendar days and clock times as the person lives them: plain `YYYY-MM-DD` and `HH:MM`, no time zones.
//
// Arithmetic runs on UTC midnights, so that no summer time can swallow or repeat a day.

import type { MealGroup } from '../api/types'
import { dayFormat } from './formats'

export const FIRST_DAY = '1900-01-01'

const two = (n: number) => String(n).padStart(2, '0')

export function dayOf(now: Date): string {
  return `${String(now.getFullYear()).padStart(4, '0')}-${two(now.getMonth() + 1)}-${two(now.getDate())}`
}

export function timeOf(now: Date): string {
  return `${two(now.getHours())}:${two(now.getMinutes())}`
}

export function zone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone
}

function utc(day: string): Date {
  return new Date(`${day}T00:00:00Z`)
}

export function addDays(day: string, days: number): string {
  const date = utc(day)
  date.setUTCDate(date.getUTCDate() + days)
  return date.toISOString().slice(0, 10)
}

/** The last day that the server takes: a year ahead. */
export function lastDay(today: string): string {
  return addDays(today, 365)
}

/** A day from outside (a date field may be empty or half typed), or null. */
export function parseDay(text: string, today: string): string | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || Number.isNaN(utc(text).getTime())) return null
  return FIRST_DAY <= text && text <= lastDay(today) ? text : null
}

/** The group that a food eaten at this time most likely belongs to. */
export function groupAt(time: string): MealGroup {
  if (time < '04:00') return 'snacks'
  if (time < '10:30') return 'breakfast'
  if (time < '15:00') return 'lunch'
  if (time < '17:30') return 'snacks'
  return time < '21:30' ? 'dinner' : 'snacks'
}

export function weekdayOf(day: string, language: string): string {
  return dayFormat(language, { weekday: 'long' }).format(utc(day))
}

/** "22 November", with the year unless it is this one. */
export function longDate(day: string, language: string, today: string): string {
  const year = day.slice(0, 4) === today.slice(0, 4) ? {} : ({ year: 'numeric' } as const)
  return dayFormat(language, { day: 'numeric', month: 'long', ...year }).format(utc(day))
}

/** "Sun 22 Nov", for tables. */
export function shortDate(day: string, language: string): string {
  return dayFormat(language, { weekday: 'short', day: 'numeric', month: 'short' }).format(utc(day))
}

export function secondsOf(day: string): number {
  return utc(day).getTime() / 1000
}

/** A moment as the server writes it: "22 Nov 2026, 14:03". */
export function momentText(moment: string, language: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(moment))
}

/** How many days lie between two: 0 for the same day, negative when the second is before the first. */
export function daysBetween(first: string, second: string): number {
  return Math.round((utc(second).getTime() - utc(first).getTime()) / 86_400_000)
}

/** The day of the week, Monday as 1 and Sunday as 7. */
export function weekdayNumber(day: string): number {
  return utc(day).getUTCDay() || 7
}

/** "22 Nov 2026", to be read without a year in mind. */
export function fullDate(day: string, language: string): string {
  return dayFormat(language, { dateStyle: 'medium' }).format(utc(day))
}

export function monthName(month: string, language: string): string {
  return dayFormat(language, { month: 'long', year: 'numeric' }).format(utc(`${month}-01`))
}

/** "Mon", or as much of it as is asked for; 1 is Monday. */
export function weekdayName(weekday: number, language: string, length: 'long' | 'short' | 'narrow'): string {
  // The first of January 2024 was a Monday.
  return dayFormat(language, { weekday: length }).format(utc(`2024-01-0${weekday}`))
}
