// What is still missing on a day, of what there is a target for.

import type { Total } from '../api/types'

/** One target, as far as a gap is concerned. */
export interface Least {
  min?: { amount: number } | null | undefined
  counts: readonly { nutrient: string; factor: number }[]
}

export interface Missing {
  nutrient: string
  amount: number
  /** Of the target, 0 to 1. */
  share: number
}

/** Shares below this are no gap. */
const GAP_MIN = 0.05

/** The largest gaps first; and the targets of which nothing is known on this day, for which no gap can be told. */
export function missingOf(targets: Record<string, Least>, totals: Record<string, Total>): { gaps: Missing[]; unknown: string[] } {
  const gaps: Missing[] = []
  const unknown: string[] = []
  for (const [nutrient, { min, counts }] of Object.entries(targets)) {
    if (!min || min.amount <= 0 || nutrient === 'energy') continue
    const known = counts.flatMap(({ nutrient: key, factor }) => {
      const total = totals[key]
      return total && total.known > 0 ? [total.amount * factor] : []
    })
    if (known.length === 0) {
      unknown.push(nutrient)
      continue
    }
    const amount = min.amount - known.reduce((sum, each) => sum + each, 0)
    const share = amount / min.amount
    if (share >= GAP_MIN) gaps.push({ nutrient, amount, share })
  }
  return { gaps: gaps.toSorted((a, b) => b.share - a.share), unknown }
}
