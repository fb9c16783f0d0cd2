// The practices of the person as a member of them: which is open, its clients, and which of these is shown.

import { heedSession } from '../account/session.svelte'
import { api, ask } from '../api/client'
import type { Client, Practice } from '../api/types'
import { Loaded } from '../parts/loaded.svelte'

export type View = 'clients' | 'invite' | 'members'

class Practices {
  readonly all = new Loaded(() => ask(api.GET('/api/v1/practices')))
  readonly roster = new Loaded(() => this.#roster())
  open = $state.raw<Practice | null>(null)
  view = $state<View>('clients')
  /** The client that is shown. */
  client = $state<string | null>(null)

  constructor() {
    const close = () => {
      this.open = null
      this.client = null
      this.view = 'clients'
      this.all.value = null
      this.roster.value = null
    }
    heedSession({ close, forget: close, open: () => {}, turn: () => {} })
  }

  /** Loads the practices and opens the one that was open, or the first. */
  async load(): Promise<void> {
    await this.all.load()
    const known = this.all.value?.practices ?? []
    this.choose(known.find(({ id }) => id === this.open?.id) ?? known[0] ?? null)
  }

  choose(practice: Practice | null): void {
    if (practice?.id !== this.open?.id) {
      this.client = null
      this.roster.value = null
    }
    this.open = practice
    if (practice) void this.roster.load()
  }

  get clients(): readonly Client[] {
    return this.roster.value?.clients ?? []
  }

  get shown(): Client | null {
    return this.clients.find(({ id }) => id === this.client) ?? null
  }

  async #roster() {
    if (!this.open) return { clients: [] }
    return ask(api.GET('/api/v1/practices/{practice}/roster', { params: { path: { practice: this.open.id } } }))
  }
}

export const practices = new Practices()
