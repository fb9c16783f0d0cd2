// What a person does with entries, with the words that go with it: undo, and what was kept when it failed.

import { problemOf, sessionEnded } from '../api/problem'
import { session } from '../account/session.svelte'
import type { Entry, WaterEntry } from '../api/types'
import { uuidV7 } from '../api/uuid'
import { whole } from '../figures/amounts'
import { timeOf, zone } from '../figures/dates'
import { locale, t } from '../messages/index.svelte'
import { say } from '../parts/toasts.svelte'
import { problemText } from '../parts/words'
import { diary } from './diary.svelte'
import { asNew } from './entries'

export const GLASS_ML = 250

export function nameOf(entry: Entry): string {
  switch (entry.kind) {
    case 'food':
      return entry.food.name
    case 'water':
      return t().day.removedWater(whole(entry.ml, locale()))
    case 'note':
      return t().day.removedNote
    case 'measurement':
      return entry.name ?? t().body.measures[entry.measure] ?? entry.measure
    case 'activity':
      return (locale() === 'de' ? entry.name_de : null) ?? entry.name
  }
}

export async function removeEntry(date: string, entry: Entry): Promise<void> {
  const undo = { label: t().acts.undo, run: () => void bringBack(date, entry) }
  say(t().day.removed(nameOf(entry)), { act: undo })
  try {
    await diary.remove(date, entry.id)
  } catch (thrown) {
    if (sessionEnded(thrown)) return
    const again = { label: t().acts.tryAgain, run: () => void removeEntry(date, entry) }
    say(`${t().day.notRemoved} ${problemText(problemOf(thrown))}`, { tone: 'alert', act: again })
  }
}

async function bringBack(date: string, entry: Entry): Promise<void> {
  // The same id: had the removal failed after all, this changes nothing.
  const saved = await diary.add(date, asNew(entry), entry)
  if (!saved && session.isOpen) say(`${t().day.notUndone} ${t().day.unsavedWhy}`, { tone: 'alert' })
}

export async function addWater(date: string, ml: number, time: string = timeOf(new Date())): Promise<void> {
  const entry: WaterEntry = { id: uuidV7(), kind: 'water', time, zone: zone(), ml }
  await diary.add(date, entry, entry)
}

export async function addNote(date: string, text: string, time: string): Promise<void> {
  const entry = { id: uuidV7(), kind: 'note', time, zone: zone(), text } as const
  await diary.add(date, entry, entry)
}

export async function setComplete(date: string, complete: boolean): Promise<void> {
  try {
    await diary.complete(date, complete)
  } catch (thrown) {
    if (sessionEnded(thrown)) return
    const again = { label: t().acts.tryAgain, run: () => void setComplete(date, complete) }
    say(`${t().day.notChanged} ${problemText(problemOf(thrown))}`, { tone: 'alert', act: again })
  }
}

export const WATER_ML_MAX = 20_000

/** A whole number of millilitres as typed, or null. */
export function parseMl(text: string): number | null {
  const ml = /^\d{1,5}$/.test(text.trim()) ? Number(text) : 0
  return 0 < ml && ml <= WATER_ML_MAX ? ml : null
}
