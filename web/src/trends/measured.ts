// What is measured, and how much somebody moved, over the days that are loaded: a value for each day that has one.

import type { ActiveDay, Point } from '../api/types'
import type { Column } from './trends.svelte'

const MEASURE = 'measure:'
const LOWER = '/lower'
export const MINUTES = 'activity:minutes'
export const SPENT = 'activity:spent'

/** The key of a measure among all that can be looked at; of a pair the upper value. */
export function keyOf(measure: string): string {
  return MEASURE + measure
}

/** The key of the lower value of a pair. */
export function lowerKeyOf(measure: string): string {
  return MEASURE + measure + LOWER
}

/** Which measure a key is of; null for nutrients and activities. */
export function measureIn(key: string): { measure: string; isLower: boolean } | null {
  if (!key.startsWith(MEASURE)) return null
  const isLower = key.endsWith(LOWER)
  return { measure: key.slice(MEASURE.length, isLower ? -LOWER.length : undefined), isLower }
}

/** Whether it is summed from foods. */
export function isOfFoods(key: string): boolean {
  return measureIn(key) === null && key !== MINUTES && key !== SPENT
}

/** Of these, several values of a day make a sum; of all others a mean. */
const SUMMED = ['steps', 'sleep']

/** A measure by day, in its canonical unit. Own measures whose unit was changed count from then on. */
export function columnsOf(measure: string, points: readonly Point[], dates: readonly string[]): [string, Column][] {
  const unit = points.at(-1)?.canonical.unit
  const column = (of: (point: Point) => number | null | undefined): Column => {
    const found = new Map<string, number[]>()
    for (const point of points) {
      const value = of(point)
      if (typeof value === 'number' && point.canonical.unit === unit) found.set(point.date, [...(found.get(point.date) ?? []), value])
    }
    const values = dates.map((date) => {
      const all = found.get(date)
      if (!all) return null
      const sum = all.reduce((one, other) => one + other, 0)
      return SUMMED.includes(measure) ? sum : sum / all.length
    })
    return { values, known: dates.map(() => 0) }
  }
  return [
    [keyOf(measure), column(({ canonical }) => canonical.value)],
    [lowerKeyOf(measure), column(({ canonical }) => canonical.second)],
  ]
}

/** Minutes and energy above rest; a day on which nothing was written down has no value. */
export function activityColumns(days: readonly ActiveDay[], dates: readonly string[]): [string, Column][] {
  const at = new Map(days.filter(({ activities }) => activities.length > 0).map((day) => [day.date, day]))
  const column = (of: (day: ActiveDay) => number): Column => ({
    values: dates.map((date) => {
      const day = at.get(date)
      return day ? of(day) : null
    }),
    known: dates.map(() => 0),
  })
  return [
    [MINUTES, column(({ minutes }) => minutes)],
    [SPENT, column(({ net_kcal }) => net_kcal)],
  ]
}
