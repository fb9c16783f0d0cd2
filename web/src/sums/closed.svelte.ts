// Which groups of nutrients the person has opened or closed, for as long as the page is open.
//
// The finest details start closed: they are there for who looks for them. On narrow windows only the first
// group starts open, so that a phone need not scroll past a hundred rows.

import { MediaQuery, SvelteMap } from 'svelte/reactivity'

const FINEST: ReadonlySet<string> = new Set(['protein', 'other'])
const FIRST = 'general'

const wide = new MediaQuery('min-width: 900px')
const chosen = new SvelteMap<string, boolean>()

const startsClosed = (key: string): boolean => (wide.current ? FINEST.has(key) : key !== FIRST)

export const closedSections = {
  has: (key: string): boolean => chosen.get(key) ?? startsClosed(key),
  /** Only what differs from the start is a choice: a window made wider or narrower starts anew. */
  set: (key: string, isClosed: boolean): void => {
    if (isClosed === startsClosed(key)) chosen.delete(key)
    else chosen.set(key, isClosed)
  },
}
