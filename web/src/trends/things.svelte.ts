// What can be looked at over time: every nutrient, by group, as the person's settings show them.

import { shown } from '../figures/shown.svelte'
import { t } from '../messages/index.svelte'
import { settings } from '../settings/settings.svelte'
import { nutrients } from '../sums/nutrients.svelte'
import type { Thing } from './series'

/** A thing by its key; nutrients that are not loaded yet have their key for a name. */
export function thingOf(key: string): Thing {
  const nutrient = nutrients.find(key)
  const name = nutrient ? nutrients.nameOf(nutrient) : key === 'energy' ? t().sums.energy : key
  return {
    key,
    name,
    unit: shown.unitOf({ key, unit: nutrient?.unit ?? '' }),
    decimals: nutrient?.decimals ?? 0,
    ofFoods: true,
    aim: null,
    numberOf: (amount) => shown.numberOf(key, amount),
  }
}

/** Everything that can be chosen, in groups; within a group in the order that nutrients are listed in everywhere. */
export function choices(): { name: string; things: Thing[] }[] {
  if (!nutrients.list) return [{ name: t().sums.groups['general'] ?? '', things: [thingOf(startsWith())] }]
  return nutrients.sections.map((section) => ({ name: nutrients.sectionName(section), things: section.rows.map(({ nutrient }) => thingOf(nutrient.key)) }))
}

/** What is looked at before anything is chosen: energy, where it has figures. */
export function startsWith(): string {
  return shown.hides('energy') ? 'protein' : 'energy'
}

/** The weekday on which weeks begin: 1 is Monday. */
export function firstWeekday(): number {
  return { monday: 1, saturday: 6, sunday: 7 }[settings.own.week_starts ?? 'monday']
}
