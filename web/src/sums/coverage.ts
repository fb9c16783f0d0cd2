// How much of a total is really known. Missing is never zero.

import type { Total } from '../api/types'

export type Coverage = { kind: 'none' } | { kind: 'some'; known: number; foods: number } | { kind: 'all' }

/** Says for how many of the day's foods a total is known; an absent total is known for none. */
export function coverageOf(total: Total | undefined, foods: number): Coverage {
  if (!total || total.known === 0) return { kind: 'none' }
  return total.known < foods ? { kind: 'some', known: total.known, foods } : { kind: 'all' }
}

/** The amount of a total that is known for at least one food. */
export function knownAmount(total: Total | undefined): number | null {
  return total && total.known > 0 ? total.amount : null
}

export interface EnergyShare {
  key: 'carbohydrate' | 'protein' | 'fat' | 'alcohol'
  kcal: number
  /** 0 to 1, of the energy these four give together. */
  share: number
}

/** General Atwater factors: good enough for a bar, not used for any number that is called energy. */
const KCAL_PER_GRAM = { carbohydrate: 4, protein: 4, fat: 9, alcohol: 7 } as const

/** How the energy divides among its sources; nothing while none of them is known. */
export function energyShares(totals: Record<string, Total>): EnergyShare[] {
  const keys = ['carbohydrate', 'protein', 'fat', 'alcohol'] as const
  const parts = keys.map((key) => ({ key, kcal: (totals[key]?.amount ?? 0) * KCAL_PER_GRAM[key] }))
  const sum = parts.reduce((kcal, part) => kcal + part.kcal, 0)
  return sum > 0 ? parts.filter((part) => part.kcal > 0).map((part) => ({ ...part, share: part.kcal / sum })) : []
}
