// Values of a series in figures: amounts of foods as everywhere, what is measured as it is read off a scale.

import { brief, readable } from '../figures/amounts'
import { locale } from '../messages/index.svelte'
import type { Thing } from './series'

export function figureOf({ ofFoods, decimals }: Pick<Thing, 'ofFoods' | 'decimals'>, value: number): string {
  return ofFoods ? readable(value, decimals, locale()) : brief(value, locale(), decimals)
}
