// What to aim for on the day that is shown: asked of the server for each day, and again when the plan, the
// settings or a weight changed. Nothing where the plan of a diary was not given.

import { heedSession, session } from '../account/session.svelte'
import { api, ask } from '../api/client'
import type { DayTargets } from '../api/types'
import { diary } from '../diary/diary.svelte'
import { rights } from '../sharing/rights.svelte'
import { untrack } from 'svelte'
import { SvelteMap } from 'svelte/reactivity'

class Targets {
  #days = new SvelteMap<string, DayTargets>()
  /** The days that are being asked for. Nothing is drawn from this. */
  readonly #asking = new Set<string>()
  /** Answers to questions of before something changed are of no use. */
  #turn = 0

  constructor() {
    const forget = () => this.forget()
    heedSession({ close: forget, forget, open: () => void this.load(diary.date) })
    $effect.root(() => {
      $effect(() => {
        void rights.visited
        void this.load(diary.date)
      })
      // A weight that was recorded here, or on another device, counts from its day on.
      let weights = ''
      $effect(() => {
        const now = diary.day?.entries.flatMap((entry) => (entry.kind === 'measurement' && entry.measure === 'weight' ? [`${entry.id} ${entry.value}`] : [])).join() ?? null
        if (now === null) return
        const here = `${diary.date} ${now}`
        const sameDay = weights.startsWith(diary.date)
        if (sameDay && here !== weights) untrack(() => this.changed())
        weights = here
      })
    })
  }

  /** Those of the day that is shown, once they are known. */
  get day(): DayTargets | null {
    return this.on(diary.date)
  }

  /** Those of a day that was asked for. */
  on(date: string): DayTargets | null {
    return this.#days.get(date) ?? null
  }

  /** Something that they follow from was changed. */
  changed(): void {
    this.forget()
    void this.load(diary.date)
  }

  forget(): void {
    this.#turn += 1
    this.#days.clear()
    this.#asking.clear()
  }

  async load(date: string): Promise<void> {
    if (!session.isOpen || !rights.see('plan') || this.#days.has(date) || this.#asking.has(date)) return
    const turn = this.#turn
    this.#asking.add(date)
    const answer = await ask(api.GET('/api/v1/plan/targets', { params: { query: { date } } })).catch(() => null)
    if (turn !== this.#turn) return
    this.#asking.delete(date)
    if (answer) this.#days.set(date, answer)
  }
}

export const targets = new Targets()
