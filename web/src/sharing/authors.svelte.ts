// Who recorded an entry that its owner did not record: a name where it is known.

import { heedSession, session } from '../account/session.svelte'
import { api, ask } from '../api/client'
import { t } from '../messages/index.svelte'
import { rights } from './rights.svelte'

class Authors {
  #names = $state.raw<ReadonlyMap<string, string>>(new Map())
  #asked = false

  constructor() {
    const close = () => {
      this.#names = new Map()
      this.#asked = false
    }
    heedSession({ close, forget: close, open: () => {} })
  }

  /** "by Ben"; null where the owner of the diary did it. */
  by(author: string | null | undefined): string | null {
    if (!author) return null
    const words = t().sharing.visit
    if (author === session.info?.person_id || (rights.visited && author === rights.visited.as)) return words.byYou
    if (rights.visited) return words.bySomebody
    const name = this.#names.get(author)
    return name === undefined ? words.bySomebody : words.by(name)
  }

  /** Asks for the names once, when an entry needs one. */
  async load(): Promise<void> {
    if (this.#asked || rights.visited) return
    this.#asked = true
    const answer = await ask(api.GET('/api/v1/looks')).catch(() => null)
    if (answer) this.#names = new Map(answer.holders.map(({ who, name }) => [who, name]))
    else this.#asked = false
  }
}

export const authors = new Authors()
