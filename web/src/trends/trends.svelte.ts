// The days of a range, from the days' sums.

import { api, ask } from '../api/client'
import { problemOf, type Problem } from '../api/problem'
import type { Range } from '../api/types'
import { heedSession } from '../account/session.svelte'
import { addDays } from '../figures/dates'

export const RANGES = [7, 30, 90] as const
export const SHOWN = ['energy', 'carbohydrate', 'protein', 'fat', 'fiber'] as const
export type Shown = (typeof SHOWN)[number]

class Trends {
  days = $state<(typeof RANGES)[number]>(7)
  range = $state.raw<Range | null>(null)
  failure = $state.raw<Problem | null>(null)
  #asked = 0

  constructor() {
    const drop = () => {
      this.#asked += 1
      this.range = null
      this.failure = null
    }
    heedSession({ close: drop, forget: drop, open: () => {} })
  }

  async load(today: string): Promise<void> {
    const asked = ++this.#asked
    this.failure = null
    const query = { from: addDays(today, 1 - this.days), to: today, nutrients: SHOWN.join(',') }
    try {
      const range = await ask(api.GET('/api/v1/days', { params: { query } }))
      if (asked === this.#asked) this.range = range
    } catch (thrown) {
      if (asked === this.#asked) this.failure = problemOf(thrown)
    }
  }
}

export const trends = new Trends()
