// What one aims for of a nutrient, for a line on the chart and the shades of the calendar.

import type { DayTargets } from '../api/types'
import type { Aim } from './calendar'

/** In the unit of the nutrient; null where there is nothing to aim for. */
export function aimOf(key: string, day: DayTargets | null): Aim | null {
  if (!day) return null
  const target = day.targets[key]
  // What counts together with others is not reached by itself.
  const alone = target?.counts.every(({ nutrient, factor }) => nutrient === key && factor === 1) ?? true
  const least = key === 'energy' && day.energy ? day.energy.kcal : alone ? target?.min?.amount : null
  const aim = { min: least ?? null, max: target?.max?.amount ?? null }
  return aim.min === null && aim.max === null ? null : aim
}

/** The same in the unit that is shown. */
export function aimIn(aim: Aim | null, numberOf: (amount: number) => number): Aim | null {
  const shown = (bound: number | null) => (bound === null ? null : numberOf(bound))
  return aim && { min: shown(aim.min), max: shown(aim.max) }
}

/** How high a chart must reach so that lines which are not far off are within it. */
export function reachOf(aim: Aim | null, most: number): number {
  const near = (bound: number | null | undefined, times: number) => (bound && bound <= most * times ? bound : 0)
  return Math.max(most, near(aim?.min, 4), near(aim?.max, 2))
}
