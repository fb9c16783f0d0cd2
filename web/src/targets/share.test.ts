import { describe, expect, test } from 'vitest'
import type { Target } from '../api/types'
import { barOf, energyLeft, shareOf } from './share'

const bound = (amount: number) => ({ amount, source: 'nasem' as const, letters: 'RDA', name: null })
const target = (min: number | null, max: number | null, counts = [{ nutrient: 'iron', factor: 1 }]): Target => ({
  min: min === null ? null : bound(min),
  max: max === null ? null : bound(max),
  max_added: null,
  as_low_as_possible: false,
  counts,
})
const total = (amount: number, known: number) => ({ amount, known })

describe('the share of a target', () => {
  test('is of the least, and says for how many foods it is known', () => {
    expect(shareOf(target(18, 45), { iron: total(9, 5) })).toMatchObject({ amount: 9, known: 5, ofLeast: 0.5, ofMost: 0.2, over: false })
  })

  test('is nothing while nothing is known: missing is not zero', () => {
    expect(shareOf(target(18, 45), {})).toBeNull()
    expect(shareOf(target(18, 45), { iron: total(0, 0) })).toBeNull()
    expect(shareOf(target(18, 45), { iron: total(0, 2) })).toMatchObject({ ofLeast: 0 })
  })

  test('counts what counts besides, and is known for the fewest of it', () => {
    const niacin = target(16, null, [
      { nutrient: 'vitamin_b3', factor: 1 },
      { nutrient: 'tryptophan', factor: 1000 / 60 },
    ])
    const share = shareOf(niacin, { vitamin_b3: total(10, 7), tryptophan: total(0.6, 5) })
    expect(share?.amount).toBeCloseTo(20)
    expect(share?.known).toBe(5)
    expect(shareOf(niacin, { vitamin_b3: total(10, 7) })).toMatchObject({ amount: 10, known: 0 })
  })

  test('over a limit the bar grows a second part', () => {
    const sodium = shareOf(target(1500, 2300), { iron: total(4600, 3) })
    expect(sodium?.over).toBe(true)
    expect(sodium && barOf(sodium)).toEqual({ filled: 0.5, beyond: 0.5 })
    const fine = shareOf(target(1500, 2300), { iron: total(2000, 3) })
    expect(fine && barOf(fine)).toEqual({ filled: 1, beyond: 0 })
  })
})

test('moving adds to what is left, unless own days hold it already', () => {
  expect(energyLeft({ kcal: 2000 }, 1500, 300)).toEqual({ aim: 2300, left: 800 })
  expect(energyLeft({ kcal: 2000, plus_minus_kcal: 140 }, 1500, 300)).toEqual({ aim: 2000, left: 500 })
})
