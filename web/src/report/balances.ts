// How much there is of one nutrient for each of another, what the rule says, and who says so: in words.

import type { Nutrient, Report } from '../api/types'
import { numberFormat } from '../figures/formats'
import type { report as Words } from '../messages/en-lookback'

export interface Balance {
  name: string
  found: string
  rule: string
  source: string
  ratio: number | null
}

export interface BalanceWords {
  language: string
  words: typeof Words
  find: (key: string) => Nutrient | undefined
  nameOf: (nutrient: Nutrient) => string
}

const has = (bound: number | null | undefined): bound is number => typeof bound === 'number'

export function balancesOf({ balances }: Pick<Report, 'balances'>, { language, words: w, find, nameOf }: BalanceWords): Balance[] {
  const number = (ratio: number) => numberFormat(language, { maximumFractionDigits: 1 }).format(ratio)
  return balances.flatMap(({ of, to, ratio, least, most, side, source }): Balance[] => {
    const [one, other] = [find(of), find(to)]
    if (!one || !other) return []
    const rule = has(least) && has(most) ? w.between(number(least), number(most)) : has(least) ? w.atLeast(number(least)) : has(most) ? w.atMost(number(most)) : ''
    const found = has(ratio) ? `${number(ratio)} (${w.sides[side ?? ''] ?? ''})` : w.unknown
    const unit = one.unit === other.unit ? '' : ` (${one.unit}/${other.unit})`
    return [{ name: `${w.to(nameOf(one), nameOf(other))}${unit}`, found, rule, source, ratio: ratio ?? null }]
  })
}
