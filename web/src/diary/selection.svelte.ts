// Which entries of the shown day are marked, and what they hold together.

import { SvelteSet } from 'svelte/reactivity'
import { heedSession } from '../account/session.svelte'
import { api, ask } from '../api/client'
import type { Entry, Selection } from '../api/types'
import { diary } from './diary.svelte'

class Selected {
  on = $state(false)
  sums = $state.raw<Selection | null>(null)
  readonly ids = new SvelteSet<string>()
  #last: string | null = null
  #asked = 0

  constructor() {
    heedSession({ close: () => this.stop(), forget: () => this.stop(), open: () => {}, turn: () => this.stop() })
  }

  start(ids: readonly string[] = []): void {
    this.stop()
    this.on = true
    for (const id of ids) this.ids.add(id)
    void this.sum()
  }

  stop(): void {
    this.on = false
    this.ids.clear()
    this.sums = null
    this.#last = null
  }

  /** The marked entries of the day, in its order. */
  get entries(): Entry[] {
    return diary.entries.filter(({ id }) => this.ids.has(id))
  }

  /** Marks one, or with shift all from the one marked before. */
  toggle(id: string, range: boolean, order: readonly string[]): void {
    const [from, to] = [order.indexOf(this.#last ?? id), order.indexOf(id)]
    const yes = !this.ids.has(id)
    const all = range && from >= 0 && to >= 0 ? order.slice(Math.min(from, to), Math.max(from, to) + 1) : [id]
    for (const each of all) {
      if (yes) this.ids.add(each)
      else this.ids.delete(each)
    }
    this.#last = id
    void this.sum()
  }

  /** What the marked entries hold; an answer to an earlier question is not shown. */
  async sum(): Promise<void> {
    this.#asked += 1
    const asked = this.#asked
    const ids = this.entries.map(({ id }) => id)
    if (ids.length === 0) {
      this.sums = null
      return
    }
    const query = { entries: ids.join(',') }
    const sums = await ask(api.GET('/api/v1/days/{date}/selection', { params: { path: { date: diary.date }, query } })).catch(() => null)
    if (asked === this.#asked) this.sums = sums
  }
}

export const selection = new Selected()
