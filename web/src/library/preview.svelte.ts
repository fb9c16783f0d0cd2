// What a thing of the library would come to, asked for while it is typed. Nothing of it is kept.

import { api, ask } from '../api/client'
import { problemOf, wasAborted, type Problem } from '../api/problem'
import type { Holds, SentItem } from '../api/types'

const WAIT_MS = 250

export class Preview {
  holds = $state.raw<Holds | null>(null)
  problem = $state.raw<Problem | null>(null)
  #timer: ReturnType<typeof setTimeout> | undefined
  #running: AbortController | null = null

  /** Asks once the typing rests; what is incomplete shows nothing. */
  show(item: SentItem | null): void {
    clearTimeout(this.#timer)
    this.#running?.abort()
    if (!item) {
      this.holds = null
      this.problem = null
      return
    }
    this.#timer = setTimeout(() => void this.#ask(item), WAIT_MS)
  }

  async #ask(item: SentItem): Promise<void> {
    const running = new AbortController()
    this.#running = running
    try {
      // A name is needed to keep it, not to see what it holds.
      const named = item.kind !== 'repeat' && item.name.trim() === '' ? { ...item, name: '–' } : item
      const { holds } = await ask(api.POST('/api/v1/library/preview', { body: named, signal: running.signal }))
      if (this.#running !== running) return
      this.holds = holds ?? null
      this.problem = null
    } catch (thrown) {
      if (this.#running !== running || wasAborted(thrown)) return
      this.holds = null
      this.problem = problemOf(thrown)
    }
  }
}
