// What can be said of an entry without asking anybody: its order, its name, its copy.

import { uuidV7 } from '../api/uuid'
import type { ActivityEntry, Entry, Food, FoodEntry, MealGroup, MeasurementEntry, NewEntry, NoteEntry, Portion, WaterEntry } from '../api/types'
import { gramsOf } from '../figures/amounts'

/** A meal, and whether a day shows it without anything in it. */
interface MealOfDay {
  group: MealGroup
  hidden: boolean
}

/** What is eaten, how much and when, as an add form knows it. */
export interface Eaten {
  food: Food
  amount: number
  portion: Portion | null
  group: MealGroup
  time: string
  zone: string
}

export function newFood(eaten: Eaten): NewEntry {
  const { food, amount, portion, group, time, zone } = eaten
  const entry = { id: uuidV7(), kind: 'food', group, time, zone, food: food.id, amount } as const
  return portion ? { ...entry, portion: portion.seq } : entry
}

/** How the entry looks before the server has answered. */
export function preview(id: string, eaten: Eaten): FoodEntry {
  const grams = gramsOf(eaten.amount, eaten.portion)
  const energy = eaten.food.nutrients['energy']
  const { food, amount, portion, group, time, zone } = eaten
  return {
    id,
    kind: 'food',
    group,
    time,
    zone,
    food: { id: food.id, name: food.name, source: food.source.name },
    amount,
    portion,
    grams,
    energy_kcal: energy ? (energy.amount * grams) / 100 : null,
  }
}

/** The entry as it would be added: with its own id it is an undo, with a new one a copy. */
export function asNew(entry: Entry, id: string = entry.id): NewEntry {
  switch (entry.kind) {
    case 'food': {
      const { group, time, zone, amount, portion } = entry
      // What is in no catalogue comes back with the values that it had.
      if (entry.as_recorded) return { id, kind: 'food', group, time, zone, amount, as_recorded: entry.as_recorded }
      const plain = { id, kind: 'food', group, time, zone, food: entry.food.id, amount } as const
      return portion ? { ...plain, portion: portion.seq } : plain
    }
    case 'water':
      return { id, kind: 'water', time: entry.time, zone: entry.zone, ml: entry.ml }
    case 'note':
      return { id, kind: 'note', time: entry.time, zone: entry.zone, text: entry.text }
    case 'measurement': {
      const { time, zone, measure, value, unit } = entry
      return { id, kind: 'measurement', time, zone, measure, value, unit, ...given({ second: entry.second, name: entry.name, note: entry.note }) }
    }
    case 'activity': {
      const { time, zone, minutes } = entry
      const own = entry.activity?.startsWith('own:') || !entry.activity
      const energy = typeof entry.met === 'number' ? { met: entry.met, weight_kg: entry.weight_kg } : { kcal: entry.kcal }
      return { id, kind: 'activity', time, zone, minutes, ...given({ activity: entry.activity, name: own ? entry.name : null, note: entry.note, ...energy }) }
    }
  }
}

type Given<T> = { [K in keyof T]?: NonNullable<T[K]> }

/** Without what is not there: the server takes what is said, and no null. */
function given<T extends object>(fields: T): Given<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== undefined)) as Given<T>
}

const byTime = (a: Entry, b: Entry) => a.time.localeCompare(b.time) || a.id.localeCompare(b.id)

export function foodsIn(entries: readonly Entry[], group?: MealGroup): FoodEntry[] {
  return entries.filter((entry) => entry.kind === 'food').filter((entry) => !group || entry.group === group).toSorted(byTime)
}

/** The meals that a day shows: hidden ones where there is something in them. */
export function mealsOf(entries: readonly Entry[], groups: readonly MealOfDay[]): MealGroup[] {
  return groups.filter(({ group, hidden }) => !hidden || foodsIn(entries, group).length > 0).map(({ group }) => group)
}

/** The meals that a food can go to: those that are not hidden, and the one where it is. */
export function mealsToChoose(groups: readonly MealOfDay[], now: MealGroup): MealGroup[] {
  return groups.filter(({ group, hidden }) => !hidden || group === now).map(({ group }) => group)
}

export function watersIn(entries: readonly Entry[]): WaterEntry[] {
  return entries.filter((entry) => entry.kind === 'water').toSorted(byTime)
}

export function notesIn(entries: readonly Entry[]): NoteEntry[] {
  return entries.filter((entry) => entry.kind === 'note').toSorted(byTime)
}

export function measuredIn(entries: readonly Entry[]): MeasurementEntry[] {
  return entries.filter((entry) => entry.kind === 'measurement').toSorted(byTime)
}

export function doneIn(entries: readonly Entry[]): ActivityEntry[] {
  return entries.filter((entry) => entry.kind === 'activity').toSorted(byTime)
}

/** The energy of some entries, and for how many of them it is known. */
export function energyOf(entries: readonly FoodEntry[]): { kcal: number; known: number } {
  const known = entries.flatMap(({ energy_kcal }) => (typeof energy_kcal === 'number' ? [energy_kcal] : []))
  return { kcal: known.reduce((sum, kcal) => sum + kcal, 0), known: known.length }
}
