// What can be looked at over time: what was measured of the body, how much somebody moved, and every nutrient, by
// group, as the person's settings show them.

import { diary } from '../diary/diary.svelte'
import { targets } from '../targets/targets.svelte'
import { body } from '../body/body.svelte'
import { isHidden, measureName, preferredUnit, unitName } from '../body/figures'
import { inUnit, MEASURES, measureOf, scaleOf } from '../body/measures'
import { shown } from '../figures/shown.svelte'
import { t } from '../messages/index.svelte'
import { back } from '../messages/lookback.svelte'
import { settings } from '../settings/settings.svelte'
import { rights } from '../sharing/rights.svelte'
import { nutrients } from '../sums/nutrients.svelte'
import { aimIn, aimOf } from './aim'
import { keyOf, lowerKeyOf, measureIn, MINUTES, SPENT } from './measured'
import type { Thing } from './series'

/** A thing by its key; nutrients that are not loaded yet have their key for a name. */
export function thingOf(key: string): Thing {
  const measured = measureIn(key)
  if (measured) return measuredThing(key, measured.measure, measured.isLower)
  if (key === MINUTES) return { ...blank(key), name: back().trends.minutes, unit: t().body.units['min'] ?? 'min' }
  if (key === SPENT) return { ...blank(key), name: back().trends.spent, unit: shown.energyUnit, numberOf: (kcal) => shown.energyNumber(kcal) }
  const nutrient = nutrients.find(key)
  const name = nutrient ? nutrients.nameOf(nutrient) : key === 'energy' ? t().sums.energy : key
  return {
    ...blank(key),
    name,
    unit: shown.unitOf({ key, unit: nutrient?.unit ?? '' }),
    decimals: nutrient?.decimals ?? 0,
    ofFoods: true,
    // Of today, for all days: what was aimed for before is not kept.
    aim: aimIn(aimOf(key, targets.on(diary.today)), (amount) => shown.numberOf(key, amount)),
    numberOf: (amount) => shown.numberOf(key, amount),
  }
}

const blank = (key: string): Thing => ({ key, name: key, unit: '', decimals: 0, ofFoods: false, scale: key, aim: null, numberOf: (amount) => amount })

function measuredThing(key: string, named: string, isLower: boolean): Thing {
  const measure = measureOf(named)
  const last = body.lastOf(named)
  const unit = measure ? preferredUnit(measure) : (last?.canonical.unit ?? '')
  const name = measureName(named, last?.name)
  return {
    ...blank(key),
    name: measure?.isPair ? (isLower ? back().trends.lower(name) : back().trends.upper(name)) : name,
    unit: unitName(unit),
    // The mean of moods lies between them.
    decimals: measure && named !== 'mood' ? (scaleOf(measure, unit)?.decimals ?? 1) : 1,
    scale: keyOf(named),
    numberOf: (value) => (measure ? inUnit(measure, unit, value) : value),
  }
}

/** Whether calm mode hides its figures. */
export function hides(key: string): boolean {
  const measured = measureIn(key)
  if (measured) return isHidden(measured.measure)
  return key === SPENT ? shown.calm : shown.hides(key)
}

/** What has been measured, in the order of the measures, own ones last; of a pair both values. */
function measuredKeys(): string[] {
  const place = (measure: string) => (MEASURES.findIndex(({ key }) => key === measure) + MEASURES.length + 1) % (MEASURES.length + 1)
  const measures = (body.latest.value ?? []).map(({ measure }) => measure).toSorted((one, other) => place(one) - place(other))
  return measures.flatMap((measure) => (measureOf(measure)?.isPair ? [keyOf(measure), lowerKeyOf(measure)] : [keyOf(measure)]))
}

/** Everything that can be chosen, in groups; within a group in the order that nutrients are listed in everywhere. */
export function choices(): { name: string; things: Thing[] }[] {
  const groups = [
    { name: t().body.measurements, keys: rights.see('body') ? measuredKeys() : [] },
    { name: t().body.activities, keys: rights.see('activity') ? [MINUTES, SPENT] : [] },
    ...(nutrients.list
      ? nutrients.sections.map((section) => ({ name: nutrients.sectionName(section), keys: section.rows.map(({ nutrient }) => nutrient.key) }))
      : [{ name: t().sums.groups['general'] ?? '', keys: [startsWith()] }]),
  ]
  return groups.map(({ name, keys }) => ({ name, things: keys.filter((key) => !hides(key)).map(thingOf) })).filter(({ things }) => things.length > 0)
}

/** What is looked at before anything is chosen: energy, where it has figures. */
export function startsWith(): string {
  return shown.hides('energy') ? 'protein' : 'energy'
}

/** The weekday on which weeks begin: 1 is Monday. */
export function firstWeekday(): number {
  return { monday: 1, saturday: 6, sunday: 7 }[settings.own.week_starts ?? 'monday']
}
