// What is aimed for in the diary that is open, as it was chosen. Every change is kept as soon as it is made.

import { heedSession } from '../account/session.svelte'
import { api, ask } from '../api/client'
import { problemOf, type Problem } from '../api/problem'
import type { DayTargets, Expenditure, Plan } from '../api/types'
import { diary } from '../diary/diary.svelte'
import { Keeping } from '../parts/keeping.svelte'
import { rights } from '../sharing/rights.svelte'
import { targets } from './targets.svelte'

class PlanOfTheDiary {
  chosen = $state.raw<Plan | null>(null)
  failure = $state.raw<Problem | null>(null)
  /** What follows from it today. */
  today = $state.raw<DayTargets | null>(null)
  /** What own days say; null where that may not be seen. */
  expenditure = $state.raw<Expenditure | null>(null)
  readonly keeping = new Keeping()
  #turn = 0

  constructor() {
    const forget = () => {
      this.#turn += 1
      this.chosen = null
      this.today = null
      this.expenditure = null
    }
    heedSession({ close: forget, forget, open: () => {} })
  }

  get mayChange(): boolean {
    return rights.write('plan')
  }

  async load(): Promise<void> {
    const turn = this.#turn
    this.failure = null
    try {
      const chosen = await ask(api.GET('/api/v1/plan'))
      if (turn !== this.#turn) return
      this.chosen = chosen
    } catch (thrown) {
      if (turn === this.#turn) this.failure = problemOf(thrown)
      return
    }
    await this.#follow()
  }

  /** Shows a change at once and keeps it; takes it back when it could not be kept. */
  change(change: Partial<Plan>): void {
    const before = this.chosen
    if (!before) return
    this.chosen = { ...before, ...change }
    const wanted = this.chosen
    this.keeping.run(async () => {
      try {
        const kept = await ask(api.PUT('/api/v1/plan', { body: wanted }))
        if (this.chosen === wanted) this.chosen = kept
      } catch (thrown) {
        if (this.chosen === wanted) this.chosen = before
        throw thrown
      }
      targets.changed()
      await this.#follow()
    })
  }

  tell(profile: Partial<Plan['profile']>): void {
    if (this.chosen) this.change({ profile: { ...this.chosen.profile, ...profile } })
  }

  async #follow(): Promise<void> {
    const turn = this.#turn
    const query = { date: diary.today }
    const [today, expenditure] = await Promise.all([
      ask(api.GET('/api/v1/plan/targets', { params: { query } })).catch(() => null),
      ask(api.GET('/api/v1/expenditure', { params: { query } })).catch(() => null),
    ])
    if (turn !== this.#turn) return
    if (today) this.today = today
    this.expenditure = expenditure
  }
}

export const plan = new PlanOfTheDiary()
