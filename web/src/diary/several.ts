// What is done to several entries at once, each with its undo.

import { sessionEnded, problemOf } from '../api/problem'
import type { Day, Entry, MealGroup } from '../api/types'
import { uuidV7 } from '../api/uuid'
import { timeOf, zone } from '../figures/dates'
import { api, ask } from '../api/client'
import { t } from '../messages/index.svelte'
import { say } from '../parts/toasts.svelte'
import { problemText } from '../parts/words'
import { diary } from './diary.svelte'
import { asNew } from './entries'

async function tryTo(act: () => Promise<unknown>, again: () => void): Promise<boolean> {
  try {
    await act()
    return true
  } catch (thrown) {
    if (!sessionEnded(thrown)) {
      say(`${t().day.notChanged} ${problemText(problemOf(thrown))}`, { tone: 'alert', act: { label: t().acts.tryAgain, run: again } })
    }
    return false
  }
}

const undo = (run: () => unknown) => ({ act: { label: t().acts.undo, run: () => void run() } })

export async function removeSeveral(date: string, entries: readonly Entry[]): Promise<void> {
  const ids = entries.map(({ id }) => id)
  const done = await tryTo(() => diary.removeSeveral(date, ids), () => void removeSeveral(date, entries))
  if (done) say(t().library.select.deleted(ids.length), undo(() => bringBack(date, entries)))
}

function bringBack(date: string, entries: readonly Entry[]): Promise<boolean> {
  return tryTo(() => diary.addSeveral(date, entries.map((entry) => asNew(entry))), () => void bringBack(date, entries))
}

/** Copies entries to a day; the ids of the copies are made once, so that trying again copies nothing twice. */
export async function copySeveral(from: string, to: string, entries: readonly Entry[], group: MealGroup | null): Promise<boolean> {
  const copies = entries.map((entry) => {
    const copy = asNew(entry, uuidV7())
    return copy.kind === 'food' && group ? { ...copy, group } : copy
  })
  return copyAs(from, to, copies)
}

async function copyAs(from: string, to: string, copies: ReturnType<typeof asNew>[]): Promise<boolean> {
  const done = await tryTo(() => diary.addSeveral(to, copies), () => void copyAs(from, to, copies))
  const ids = copies.map(({ id }) => id)
  if (done) say(t().library.select.copied(ids.length), undo(() => tryTo(() => diary.removeSeveral(to, ids), () => {})))
  return done
}

export async function moveSeveral(from: string, to: string, entries: readonly Entry[], group: MealGroup | null): Promise<boolean> {
  const ids = entries.map(({ id }) => id)
  const done = await tryTo(() => diary.moveSeveral(from, to, ids, group), () => void moveSeveral(from, to, entries, group))
  if (done) say(t().library.select.moved(ids.length), undo(() => moveBack(from, to, entries, group !== null)))
  return done
}

/** Back where they were, each into the meal that it was in. */
async function moveBack(from: string, to: string, entries: readonly Entry[], regroup: boolean): Promise<void> {
  const ids = entries.map(({ id }) => id)
  const done = to === from || (await tryTo(() => diary.moveSeveral(to, from, ids, null), () => void moveBack(from, to, entries, regroup)))
  if (done && to !== from) await diary.load()
  if (!done || !regroup) return
  const foods = entries.filter((entry) => entry.kind === 'food')
  for (const group of new Set(foods.map((entry) => entry.group))) {
    const of = foods.filter((entry) => entry.group === group).map(({ id }) => id)
    await tryTo(() => diary.moveSeveral(from, from, of, group), () => {})
  }
}

/** What repeats comes into today once; the first opening of a day asks. */
export async function layRepeats(today: string): Promise<void> {
  const body = { time: timeOf(new Date()), zone: zone() }
  const laid = await ask(api.POST('/api/v1/days/{date}/repeats', { params: { path: { date: today } }, body })).catch(() => null)
  if (!laid || laid.entries.length === 0) return
  await diary.load()
  say(t().library.repeat.laid(laid.entries.length), undo(() => tryTo((): Promise<Day | void> => diary.removeSeveral(today, laid.entries), () => {})))
}
