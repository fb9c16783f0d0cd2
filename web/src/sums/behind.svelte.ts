// The foods behind one number of the day: which nutrient is asked for, and the answer.

import { api, ask } from '../api/client'
import { problemOf, type Problem } from '../api/problem'
import type { Contributions } from '../api/types'
import { shown } from '../figures/shown.svelte'
import { heedSession } from '../account/session.svelte'

class Behind {
  /** The chosen nutrient; on wide windows the panel stands there without being opened. */
  #chosen = $state('energy')
  open = $state(false)
  answer = $state.raw<Contributions | null>(null)
  failure = $state.raw<Problem | null>(null)
  #running: AbortController | null = null

  /** What calm mode hides is not asked for. */
  get key(): string {
    return shown.hides(this.#chosen) ? 'protein' : this.#chosen
  }

  constructor() {
    const close = () => {
      this.#running = null
      this.answer = null
      this.open = false
    }
    const forget = () => {
      close()
      this.#chosen = 'energy'
    }
    heedSession({ close, forget, open: () => {} })
  }

  show(key: string): void {
    if (key !== this.key) this.answer = null
    this.#chosen = key
    this.open = true
  }

  async load(date: string, key: string): Promise<void> {
    this.#running?.abort()
    const running = new AbortController()
    this.#running = running
    this.failure = null
    try {
      const request = { params: { path: { date, key } }, signal: running.signal }
      const answer = await ask(api.GET('/api/v1/days/{date}/nutrients/{key}', request))
      if (this.#running === running) this.answer = answer
    } catch (thrown) {
      if (this.#running === running) this.failure = problemOf(thrown)
    }
  }
}

export const behind = new Behind()
