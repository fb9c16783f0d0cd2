// A calendar of months, and how much of something each day has, in steps.

import { addDays, daysBetween, weekdayNumber } from '../figures/dates'
import { quantile } from './stats'
import type { Span } from './span'

export interface Month {
  /** "2026-11" */
  month: string
  /** Seven days each; null where the day is of another month. */
  weeks: (string | null)[][]
}

/** The months that a range touches, whole, the newest first. */
export function monthsOf({ from, to }: Span, firstWeekday: number): Month[] {
  const months: Month[] = []
  for (let month = from.slice(0, 7); month <= to.slice(0, 7); month = addDays(`${month}-01`, 32).slice(0, 7)) {
    const first = `${month}-01`
    const length = daysBetween(first, `${addDays(first, 32).slice(0, 7)}-01`)
    const before = (weekdayNumber(first) - firstWeekday + 7) % 7
    const weeks = Array.from({ length: Math.ceil((before + length) / 7) }, (_, week) =>
      Array.from({ length: 7 }, (_, day) => {
        const at = week * 7 + day - before
        return at < 0 || at >= length ? null : addDays(first, at)
      }),
    )
    months.unshift({ month, weeks })
  }
  return months
}

/** What a day is aimed at: at least, at most, or both. */
export interface Aim {
  min: number | null
  max: number | null
}

export interface Steps {
  /** Where each step but the first begins, in the unit or as a share of the target. */
  bounds: number[]
  of: 'target' | 'limit' | 'amount'
}

/** Shares of a target that people ask about: half of it, most of it, all of it. */
const OF_TARGET = [0.5, 0.8, 1]

/** By the target where there is one, else by the limit, else by the amounts themselves: four of about as many days. */
export function stepsFor(values: readonly number[], aim: Aim | null): Steps {
  if (aim?.min) return { bounds: OF_TARGET.map((share) => share * (aim.min ?? 0)), of: 'target' }
  if (aim?.max) return { bounds: OF_TARGET.map((share) => share * (aim.max ?? 0)), of: 'limit' }
  const sorted = values.toSorted((a, b) => a - b)
  const bounds = sorted.length === 0 ? [] : [0.25, 0.5, 0.75].map((part) => quantile(sorted, part))
  return { bounds: bounds.filter((bound, at) => bound > (bounds[at - 1] ?? (sorted[0] ?? 0))), of: 'amount' }
}

/** On which step a value stands: 0 is the lowest. */
export function stepOf(value: number, { bounds }: Steps): number {
  return bounds.filter((bound) => value >= bound).length
}
