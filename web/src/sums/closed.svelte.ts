// Which groups of nutrients the person has closed, for as long as the page is open.
//
// The finest details start closed: they are there for who looks for them.

import { SvelteSet } from 'svelte/reactivity'

const closed = new SvelteSet<string>(['protein', 'other'])

export const closedSections = {
  has: (key: string): boolean => closed.has(key),
  set: (key: string, isClosed: boolean): void => {
    if (isClosed) closed.add(key)
    else closed.delete(key)
  },
}
