// What may be seen and written in the diary that is open in this window. In one's own that is everything; in
// somebody else's it is what they gave, and the rest is not there.

import type { Part } from './parts'

/** A diary of somebody else's. */
export interface OpenDiary {
  owner: string
  /** What they want to be called. */
  name: string
  /** The practice or study that it is open for; null for a friend. */
  as: string | null
  parts: readonly Part[]
}

/** What a day consists of. */
export const DAY_SCOPES = ['food', 'notes', 'activity', 'body'] as const

class Rights {
  /** The diary that is open; null is one's own. */
  visited = $state.raw<OpenDiary | null>(null)

  /** Whether a scope may be seen on a day, or on any. */
  see(scope: string, date?: string): boolean {
    return this.#has(scope, date, false)
  }

  /** Whether a scope may be written on a day, or on any. */
  write(scope: string, date?: string): boolean {
    return this.#has(scope, date, true)
  }

  /** Whether there may be something of a day to see. */
  seeDay(date: string): boolean {
    return DAY_SCOPES.some((scope) => this.see(scope, date))
  }

  #has(scope: string, date: string | undefined, writes: boolean): boolean {
    if (!this.visited) return true
    return this.visited.parts.some(
      (part) =>
        part.scope === scope &&
        (!writes || part.access === 'write') &&
        (date === undefined || ((part.first_day ?? '') <= date && (!part.last_day || date <= part.last_day))),
    )
  }
}

export const rights = new Rights()
