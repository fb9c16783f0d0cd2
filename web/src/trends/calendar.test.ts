import { expect, test } from 'vitest'
import { monthsOf, stepOf, stepsFor } from './calendar'

test('months are whole, the newest first, and every day stands once', () => {
  const months = monthsOf({ from: '2025-12-31', to: '2026-03-01' }, 1)
  expect(months.map(({ month }) => month)).toEqual(['2026-03', '2026-02', '2026-01', '2025-12'])
  const days = months.flatMap(({ weeks }) => weeks.flat()).filter((day) => day !== null)
  expect(days.length).toBe(31 + 28 + 31 + 31)
  expect(new Set(days).size).toBe(days.length)
  // 1 March 2026 is a Sunday: the last of its week, or the first.
  expect(months[0]?.weeks[0]).toEqual([null, null, null, null, null, null, '2026-03-01'])
  expect(monthsOf({ from: '2026-03-01', to: '2026-03-01' }, 7)[0]?.weeks[0]?.[0]).toBe('2026-03-01')
})

test('steps are shares of the target where there is one, and quarters of the days where there is none', () => {
  const target = stepsFor([1, 2, 3], { min: 100, max: 300 })
  expect(target).toEqual({ bounds: [50, 80, 100], of: 'target' })
  expect([49, 50, 99, 100].map((value) => stepOf(value, target))).toEqual([0, 1, 2, 3])
  expect(stepsFor([], { min: null, max: 200 })).toEqual({ bounds: [100, 160, 200], of: 'limit' })
  expect(stepsFor([1, 2, 3, 4, 5], null)).toEqual({ bounds: [2, 3, 4], of: 'amount' })
})

test('days that are all alike make one step', () => {
  const steps = stepsFor([7, 7, 7], null)
  expect(steps.bounds).toEqual([])
  expect(stepOf(7, steps)).toBe(0)
  expect(stepsFor([], null).bounds).toEqual([])
})
