import { expect, test } from 'vitest'
import type { ActiveDay, Point } from '../api/types'
import { activityColumns, columnsOf, isOfFoods, keyOf, lowerKeyOf, measureIn, MINUTES, SPENT } from './measured'

const dates = ['2026-11-01', '2026-11-02', '2026-11-03']
const point = (date: string, measure: string, value: number, second?: number, unit = 'kg'): Point => {
  const pair = second === undefined ? {} : { second }
  return { id: '', date, time: '08:00', zone: 'UTC', measure, value, unit, ...pair, canonical: { value, unit, ...pair } }
}

test('several values of a day are their mean, of steps their sum, and a day without one has none', () => {
  const weights = [point('2026-11-01', 'weight', 80), point('2026-11-03', 'weight', 81), point('2026-11-03', 'weight', 82)]
  expect(new Map(columnsOf('weight', weights, dates)).get(keyOf('weight'))?.values).toEqual([80, null, 81.5])
  const steps = [point('2026-11-02', 'steps', 4000), point('2026-11-02', 'steps', 5000)]
  expect(new Map(columnsOf('steps', steps, dates)).get(keyOf('steps'))?.values).toEqual([null, 9000, null])
})

test('a pair has two columns', () => {
  const columns = new Map(columnsOf('blood_pressure', [point('2026-11-01', 'blood_pressure', 120, 80)], dates))
  expect(columns.get(keyOf('blood_pressure'))?.values).toEqual([120, null, null])
  expect(columns.get(lowerKeyOf('blood_pressure'))?.values).toEqual([80, null, null])
})

test('an own measure whose unit was changed is not mixed with what it was', () => {
  const grips = [point('2026-11-01', 'own:1', 90, undefined, 'lb'), point('2026-11-02', 'own:1', 41)]
  expect(new Map(columnsOf('own:1', grips, dates)).get(keyOf('own:1'))?.values).toEqual([null, 41, null])
})

test('a day without an activity has no minutes, rather than none', () => {
  const activities = [{}] as ActiveDay['activities']
  const days = [
    { date: '2026-11-01', minutes: 0, kcal: 0, net_kcal: 0, activities: [] },
    { date: '2026-11-02', minutes: 30, kcal: 150, net_kcal: 110, activities },
  ]
  const columns = new Map(activityColumns(days, dates))
  expect(columns.get(MINUTES)?.values).toEqual([null, 30, null])
  expect(columns.get(SPENT)?.values).toEqual([null, 110, null])
})

test('keys say what they are of', () => {
  expect(measureIn(lowerKeyOf('blood_pressure'))).toEqual({ measure: 'blood_pressure', isLower: true })
  expect(measureIn(keyOf('own:0190'))).toEqual({ measure: 'own:0190', isLower: false })
  expect([keyOf('weight'), MINUTES, SPENT, 'calcium', 'energy'].map(isOfFoods)).toEqual([false, false, false, true, true])
})
