// Who looked: pages of it, chosen by holder and days, and the proof that it is all there.

import { api, ask } from '../api/client'
import { problemOf, type Problem } from '../api/problem'
import type { AuditProof, Look, LookingHolder } from '../api/types'
import { addDays } from '../figures/dates'
import { beginOf } from './groups'

interface Page {
  looks: Look[]
  holders: LookingHolder[]
  next?: number | null
}

export class Looks {
  who = $state('')
  from = $state('')
  to = $state('')
  page = $state.raw<Page | null>(null)
  failure = $state.raw<Problem | null>(null)
  working = $state(false)
  proof = $state.raw<AuditProof | null>(null)
  /** Only the newest question counts: choices may change while an answer is on its way. */
  #asked = 0

  /** Whether the days make sense together. */
  get fits(): boolean {
    return this.from === '' || this.to === '' || this.from <= this.to
  }

  get chosen(): boolean {
    return this.who !== '' || this.from !== '' || this.to !== ''
  }

  #query(before?: number) {
    return {
      ...(this.who === '' ? {} : { who: this.who }),
      ...(this.from === '' ? {} : { from: beginOf(this.from) }),
      ...(this.to === '' ? {} : { to: beginOf(addDays(this.to, 1)) }),
      ...(before === undefined ? {} : { before }),
    }
  }

  async load(before?: number): Promise<void> {
    if (!this.fits) return
    const asked = ++this.#asked
    this.working = true
    this.failure = null
    try {
      const next = await ask(api.GET('/api/v1/looks', { params: { query: this.#query(before) } }))
      if (asked !== this.#asked) return
      this.page = before === undefined || !this.page ? next : { ...next, looks: [...this.page.looks, ...next.looks] }
    } catch (thrown) {
      if (asked === this.#asked) this.failure = problemOf(thrown)
    } finally {
      if (asked === this.#asked) this.working = false
    }
  }

  more = (): Promise<void> => this.load(this.page?.next ?? undefined)

  async prove(): Promise<void> {
    this.proof = null
    this.proof = await ask(api.GET('/api/v1/looks/proof'))
  }

  /** Everything chosen, as a table. */
  async table(): Promise<string> {
    return ask(api.GET('/api/v1/looks/export', { params: { query: this.#query() }, parseAs: 'text' }))
  }
}
