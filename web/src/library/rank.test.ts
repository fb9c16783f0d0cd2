import { expect, test } from 'vitest'
import type { FoodHit } from '../api/types'
import { atHand, matches, ranked } from './rank'

const hit = (id: string, name: string): FoodHit => ({ id, name, group: '', source: '', energy_kcal: null })

test('words are found by their beginnings in any order, with or without marks', () => {
  expect(matches('Müsli, ohne Zucker', 'zuck musli')).toBe(true)
  expect(matches('Müsli, ohne Zucker', 'ucker')).toBe(false)
})

test('what is one’s own comes first and only once', () => {
  const own = [hit('own:1', 'Oat flakes'), hit('usda-sr28:1', 'Oats'), hit('own:2', 'Rice')]
  const found = [hit('usda-sr28:2', 'Oat bran'), hit('usda-sr28:1', 'Oats')]
  expect(ranked(own, found, 'oat').map(({ id }) => id)).toEqual(['own:1', 'usda-sr28:1', 'usda-sr28:2'])
})

test('what is eaten often outweighs what was eaten once lately, and fades', () => {
  const foods = [
    { id: 'once today', times: 1, last: '2026-11-23' },
    { id: 'daily', times: 20, last: '2026-11-22' },
    { id: 'long ago', times: 20, last: '2026-09-25' },
  ]
  expect(atHand(foods, '2026-11-23').map(({ id }) => id)).toEqual(['daily', 'once today', 'long ago'])
})
