import { expect, test } from 'vitest'
import type { DayTargets, Target } from '../api/types'
import { aimIn, aimOf, reachOf } from './aim'

const bound = (amount: number) => ({ amount, source: 'nasem' }) as NonNullable<Target['min']>
const alone = (nutrient: string) => [{ nutrient, factor: 1 }]
const day = {
  date: '2026-11-23',
  missing: [],
  unfit_age: false,
  energy: { kcal: 2000, motherhood_kcal: 0, goal_kcal: 0, weekday_percent: 100, care: [] },
  targets: {
    calcium: { as_low_as_possible: false, counts: alone('calcium'), min: bound(1000), max: bound(2500) },
    niacin: { as_low_as_possible: false, counts: [...alone('niacin'), { nutrient: 'tryptophan', factor: 1 / 60 }], min: bound(16), max: bound(35) },
    transfat: { as_low_as_possible: true, counts: alone('transfat') },
  },
} as DayTargets

test('the least and the most of a nutrient, and the energy of the plan', () => {
  expect(aimOf('calcium', day)).toEqual({ min: 1000, max: 2500 })
  expect(aimOf('energy', day)).toEqual({ min: 2000, max: null })
  expect(aimIn(aimOf('energy', day), (kcal) => kcal * 4.184)).toEqual({ min: 8368, max: null })
})

test('what counts together with others has no line of its own, but its limit', () => {
  expect(aimOf('niacin', day)).toEqual({ min: null, max: 35 })
})

test('where nothing is aimed for, or the plan is not seen, there is no line', () => {
  expect([aimOf('transfat', day), aimOf('iron', day), aimOf('calcium', null)]).toEqual([null, null, null])
})

test('a line that is near is within the chart, one far off does not press the values flat', () => {
  expect(reachOf({ min: 1000, max: 2500 }, 600)).toBe(1000)
  expect(reachOf({ min: 1000, max: 2500 }, 1500)).toBe(2500)
  expect(reachOf({ min: 1000, max: null }, 100)).toBe(100)
  expect(reachOf(null, 100)).toBe(100)
})
