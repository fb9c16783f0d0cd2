// How much of a target a day has reached. What is not known is not counted as zero: the share says for how
// many foods it is known.

import type { Target, Total } from '../api/types'

export interface Share {
  /** What is compared: the nutrient, with what else counts towards its target. */
  amount: number
  /** For how many foods all of it is known; of a nutrient that counts with others, the fewest. */
  known: number
  /** Of the least that is aimed for; null where there is no least. */
  ofLeast: number | null
  /** Of the most; null where there is none. */
  ofMost: number | null
  over: boolean
}

/** The share that totals are of a target; null while nothing of it is known. */
export function shareOf(target: Target, totals: Record<string, Total>): Share | null {
  const parts = target.counts.map(({ nutrient, factor }) => ({ total: totals[nutrient], factor }))
  const [first] = parts
  if (!first?.total || first.total.known === 0) return null
  const amount = parts.reduce((sum, { total, factor }) => sum + (total?.amount ?? 0) * factor, 0)
  const known = Math.min(...parts.map(({ total }) => total?.known ?? 0))
  const least = target.min?.amount ?? null
  // A limit is about the nutrient itself.
  const most = target.max?.amount ?? null
  const itself = first.total.amount
  return {
    amount,
    known,
    ofLeast: least === null ? null : amount / least,
    ofMost: most === null ? null : itself / most,
    over: most !== null && most < itself,
  }
}

/** The lengths of a bar: what fills it, and what goes beyond the most, each 0 to 1 of its whole length. */
export function barOf(share: Share): { filled: number; beyond: number } {
  if (share.over && share.ofMost !== null) {
    // The whole length is what there is: up to the most, and what is more than that.
    const filled = Math.max(1 / share.ofMost, 0.15)
    return { filled, beyond: 1 - filled }
  }
  return { filled: Math.min(share.ofLeast ?? share.ofMost ?? 0, 1), beyond: 0 }
}

export interface EnergyLeft {
  /** The target with what moving adds. */
  aim: number
  left: number
}

/** What is left to eat. What own days say of the expenditure holds all moving already. */
export function energyLeft(energy: { kcal: number; plus_minus_kcal?: number | null | undefined }, eaten: number, moving: number): EnergyLeft {
  const aim = energy.kcal + (typeof energy.plus_minus_kcal === 'number' ? 0 : moving)
  return { aim, left: aim - eaten }
}
