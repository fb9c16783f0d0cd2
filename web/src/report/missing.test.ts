import { expect, test } from 'vitest'
import { missingOf } from './missing'

const itself = (nutrient: string) => [{ nutrient, factor: 1 }]

test('a gap is what is missing of the least, the largest first', () => {
  const targets = {
    iron: { min: { amount: 10 }, counts: itself('iron') },
    calcium: { min: { amount: 1000 }, counts: itself('calcium') },
    zinc: { min: { amount: 8 }, counts: itself('zinc') },
    sodium: { min: null, counts: itself('sodium') },
    energy: { min: { amount: 2000 }, counts: itself('energy') },
  }
  const totals = { iron: { amount: 9.8, known: 3 }, calcium: { amount: 200, known: 3 }, zinc: { amount: 4, known: 2 }, energy: { amount: 1, known: 1 } }
  expect(missingOf(targets, totals)).toEqual({ gaps: [{ nutrient: 'calcium', amount: 800, share: 0.8 }, { nutrient: 'zinc', amount: 4, share: 0.5 }], unknown: [] })
})

test('what nobody knows is no gap, and what counts with another counts', () => {
  const targets = {
    iodine: { min: { amount: 150 }, counts: itself('iodine') },
    vitamin_b3: { min: { amount: 16 }, counts: [{ nutrient: 'vitamin_b3', factor: 1 }, { nutrient: 'tryptophan', factor: 1000 / 60 }] },
  }
  const totals = { iodine: { amount: 0, known: 0 }, vitamin_b3: { amount: 4, known: 2 }, tryptophan: { amount: 0.6, known: 2 } }
  const { gaps, unknown } = missingOf(targets, totals)
  expect(unknown).toEqual(['iodine'])
  expect(gaps.length).toBe(1)
  expect(gaps[0]?.amount).toBeCloseTo(2)
})
