import { expect, test } from 'vitest'
import { de } from '../messages/de'
import { en } from '../messages/en'
import { coverageOf, energyShares, knownAmount } from './coverage'

test('a missing total is unknown, never zero', () => {
  expect(coverageOf(undefined, 14)).toEqual({ kind: 'none' })
  expect(coverageOf({ amount: 0, known: 0 }, 14)).toEqual({ kind: 'none' })
  expect(coverageOf({ amount: 0, known: 14 }, 14)).toEqual({ kind: 'all' })
})

test('a day with nothing but water has a gap for its energy', () => {
  expect(knownAmount(undefined)).toBeNull()
  expect(knownAmount({ amount: 0, known: 0 })).toBeNull()
  expect(knownAmount({ amount: 0, known: 1 })).toBe(0)
})

test('a total that is known for some foods says for how many', () => {
  expect(coverageOf({ amount: 3, known: 11 }, 14)).toEqual({ kind: 'some', known: 11, foods: 14 })
  expect(en.sums.coverage(11, 14)).toBe('11 of 14')
  expect(en.sums.coverageSays(11, 14)).toBe('known for 11 of 14 foods')
  expect(de.sums.coverageSays(11, 14)).toBe('bekannt für 11 von 14 Lebensmitteln')
})

test('water can be known for more than the foods without saying anything odd', () => {
  expect(coverageOf({ amount: 900, known: 3 }, 2)).toEqual({ kind: 'all' })
})

test('energy shares add up to one and leave out what is not there', () => {
  const shares = energyShares({
    carbohydrate: { amount: 100, known: 1 },
    protein: { amount: 50, known: 1 },
    fat: { amount: 20, known: 1 },
  })
  expect(shares.map(({ key }) => key)).toEqual(['carbohydrate', 'protein', 'fat'])
  expect(shares.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1)
  expect(energyShares({})).toEqual([])
})
