// Finding among what is a person's own. Nothing typed here leaves the device.

import type { FoodHit } from '../api/types'

const wordsOf = (text: string): string[] =>
  text
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)

/** Whether every word that was typed begins a word of the name, in any order. */
export function matches(name: string, query: string): boolean {
  const words = wordsOf(name)
  return wordsOf(query).every((typed) => words.some((word) => word.startsWith(typed)))
}

/** What is a person's own first, then the catalogue's without what stands above. */
export function ranked(own: readonly FoodHit[], found: readonly FoodHit[], query: string, ownMax = 8): FoodHit[] {
  const first = own.filter(({ name }) => matches(name, query)).slice(0, ownMax)
  const ids = new Set(first.map(({ id }) => id))
  return [...first, ...found.filter(({ id }) => !ids.has(id))]
}

/** Recent and frequent before recent only: each time counts, and counts half after two weeks. */
export function atHand<T extends { times: number; last: string }>(foods: readonly T[], today: string): T[] {
  const days = (last: string) => Math.max(0, (Date.parse(today) - Date.parse(last)) / 86_400_000)
  const weight = ({ times, last }: T) => (1 + Math.log2(1 + times)) * 0.5 ** (days(last) / 14)
  return foods.toSorted((a, b) => weight(b) - weight(a))
}
