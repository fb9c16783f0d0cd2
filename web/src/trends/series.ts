// One thing over a range of days, ready to be drawn, averaged and listed.

import { movingAverage } from './average'
import type { Aim } from './calendar'
import { lengthOf, type Span } from './span'
import type { Days } from './trends.svelte'
import { daysBetween } from '../figures/dates'

export const AVERAGE_DAYS = 7

export interface Thing {
  key: string
  name: string
  unit: string
  decimals: number
  /** Summed from foods: days that are not complete stay out of averages, a day without a value is a gap, and the axis begins at zero. */
  ofFoods: boolean
  /** Things with the same one are drawn on one scale. */
  scale: string
  aim: Aim | null
  /** An amount as the server has it, in the unit that is shown. */
  numberOf: (amount: number) => number
}

export interface Series extends Thing {
  dates: readonly string[]
  values: readonly (number | null)[]
  /** Whether the day is in averages. */
  counts: readonly boolean[]
  averages: readonly (number | null)[]
  known: readonly number[]
  foods: readonly number[]
}

/** All days that are loaded of a thing; null while it is not loaded. */
export function seriesOf(thing: Thing, days: Days): Series | null {
  const column = days.columns.get(thing.key)
  if (!column) return null
  const counts = thing.ofFoods ? days.complete : days.complete.map(() => true)
  const values = column.values.map((value) => (value === null ? null : thing.numberOf(value)))
  const averages = movingAverage(values, AVERAGE_DAYS, counts)
  return { ...thing, dates: days.dates, values, counts, averages, known: column.known, foods: days.foods }
}

/** The days of a range out of those that are loaded. The averages stay as they were: they look back past its first day. */
export function cut(series: Series, span: Span): Series {
  const from = daysBetween(series.dates[0] ?? span.from, span.from)
  const part = <T>(all: readonly T[]): T[] => all.slice(Math.max(0, from), Math.max(0, from) + lengthOf(span))
  return {
    ...series,
    dates: part(series.dates),
    values: part(series.values),
    counts: part(series.counts),
    averages: part(series.averages),
    known: part(series.known),
    foods: part(series.foods),
  }
}

/** The values of the days that count. */
export function counted({ values, counts }: Series): number[] {
  return values.filter((value, at): value is number => value !== null && counts[at] === true)
}
