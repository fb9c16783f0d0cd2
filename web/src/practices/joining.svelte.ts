// The link that somebody opened to join a practice: as a client, with its code and a label, or as a member, with
// the secret of an invitation. It stands in the fragment, which no browser sends; it is taken out of the address
// at once and held in memory only.

import { heedSession } from '../account/session.svelte'
import { handleOf } from '../sharing/offer.svelte'

const PAGE = '/join'

class Joining {
  /** What a client typed or was sent. */
  code = $state('')
  label = $state<string | null>(null)
  /** What makes somebody a member. */
  secret = $state.raw<string | null>(null)

  constructor() {
    heedSession({ close: () => {}, forget: () => this.drop(), open: () => {}, turn: () => {} })
  }

  /** Whether a link waits to be followed. */
  get waits(): boolean {
    return this.secret !== null || this.label !== null
  }

  take(): void {
    if (location.pathname !== PAGE || location.hash === '') return
    this.drop()
    const [first = '', label] = location.hash.slice(1).split('.')
    if (label === undefined) this.secret = first
    else {
      this.code = first
      this.label = label
    }
    history.replaceState(null, '', PAGE)
  }

  /** What shows the offer and accepts nothing. */
  handle(): Promise<string | null> {
    return handleOf(this.secret ?? '')
  }

  drop(): void {
    this.code = ''
    this.label = null
    this.secret = null
  }
}

export const joining = new Joining()
