// What a person does with measurements, activities and fasts, with the words that go with it.

import { problemOf, sessionEnded } from '../api/problem'
import type { ActivityEntry, EntryChange, Fast, MeasurementEntry, NewEntry, SentFast } from '../api/types'
import { uuidV7 } from '../api/uuid'
import { zone } from '../figures/dates'
import { t } from '../messages/index.svelte'
import { say } from '../parts/toasts.svelte'
import { problemText } from '../parts/words'
import { diary } from '../diary/diary.svelte'
import { body } from './body.svelte'
import { spent } from './energy'
import type { ActivityForm, MeasurementForm } from './forms.svelte'
import { canonical, measureOf } from './measures'
import { clockOf, hoursBetween } from './moments'

/** The zone goes along with a time that was typed here. */
const timed = (form: { time: string; entry: { time: string } | null }) => (form.time === form.entry?.time ? {} : { time: form.time, zone: zone() })

export async function keepMeasurement(form: MeasurementForm): Promise<void> {
  const { number: value, lower, measure, unit, entry } = form
  if (value === null) return
  const note = form.note.trim()
  const second = form.isPair ? (lower ?? undefined) : undefined
  if (entry) {
    const changed: EntryChange = { ...timed(form), value, unit, ...(second === undefined ? {} : { second }), ...(note === (entry.note ?? '') ? {} : { note }) }
    await diary.change(form.date, entry.id, changed)
  } else {
    const known = measureOf(measure)
    const given = { ...(second === undefined ? {} : { second }), ...(note === '' ? {} : { note }), ...(form.ownName === null ? {} : { name: form.ownName }) }
    const added = { id: uuidV7(), kind: 'measurement', time: form.time, zone: zone(), measure, value, unit, ...given } as const
    const base = known ? canonical(known, unit, value) : value
    const shown: MeasurementEntry = { ...added, canonical: { value: base, unit: known?.scales[0]?.unit ?? unit, ...(second === undefined ? {} : { second }) } }
    if (!(await diary.add(form.date, added, shown))) return
  }
  await body.refresh()
}

export async function keepActivity(form: ActivityForm): Promise<void> {
  const { chosen, minutesNumber: minutes, metNumber: met, weightKg, kcal, entry } = form
  if (!chosen || minutes === null) return
  const computed = met === null || weightKg === null ? null : { energy: { met, weight_kg: weightKg }, took: spent(met, weightKg, minutes) }
  const measured = kcal === null ? null : { energy: { kcal }, took: { gross: kcal, net: kcal } }
  const given = form.how === 'computed' ? computed : measured
  if (!given) return
  const { energy, took } = given
  const note = form.note.trim()
  if (entry) {
    await diary.change(form.date, entry.id, { ...timed(form), minutes, ...energy, ...(note === (entry.note ?? '') ? {} : { note }) })
  } else {
    const isListed = chosen.key !== null && !chosen.key.startsWith('own:')
    const what = { ...(chosen.key === null ? {} : { activity: chosen.key }), ...(isListed ? {} : { name: chosen.name }) }
    const added: NewEntry = { id: uuidV7(), kind: 'activity', time: form.time, zone: zone(), minutes, ...what, ...energy, ...(note === '' ? {} : { note }) }
    const shown: ActivityEntry = { ...added, kind: 'activity', name: chosen.name, kcal: took.gross, net_kcal: took.net }
    if (!(await diary.add(form.date, added, shown))) return
  }
  await body.refresh()
}

const sent = ({ begins, ends, goal_hours }: Fast): SentFast => ({ begins, ends: ends ?? null, goal_hours: goal_hours ?? null })

function failed(thrown: unknown): void {
  if (!sessionEnded(thrown)) say(problemText(problemOf(thrown)), { tone: 'alert' })
}

export async function endFast(fast: Fast): Promise<void> {
  const at = new Date().toISOString()
  const undo = { label: t().acts.undo, run: () => void body.keepFast(fast.id, sent(fast)).catch(failed) }
  try {
    await body.keepFast(fast.id, { ...sent(fast), ends: { at, zone: zone() } })
    say(t().body.fastEnded(clockOf(hoursBetween(fast.begins.at, at))), { act: undo })
  } catch (thrown) {
    failed(thrown)
  }
}

export async function removeFast(fast: Fast): Promise<void> {
  const undo = { label: t().acts.undo, run: () => void body.keepFast(fast.id, sent(fast)).catch(failed) }
  try {
    await body.forgetFast(fast.id)
    say(t().body.fastRemoved, { act: undo })
  } catch (thrown) {
    failed(thrown)
  }
}
