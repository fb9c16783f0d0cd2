// The invitation whose link was opened. Its secret stands in the link's fragment, which no browser sends. It is
// taken out of the address at once and held in memory only, so that signing in or up does not lose it, and
// nothing of it stays in the history.

import { heedSession } from '../account/session.svelte'
import { api, ask } from '../api/client'
import { problemOf, type Problem } from '../api/problem'
import type { Offer } from '../api/types'

const PAGE = '/invitation'
const BYTES = 32
/** `keepwell` and `invitation handle`, each after its length in eight bytes: what the handle is derived for. */
const HANDLE_INFO = new Uint8Array([...label('keepwell'), ...label('invitation handle')])

function label(text: string): number[] {
  return [0, 0, 0, 0, 0, 0, 0, text.length, ...new TextEncoder().encode(text)]
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> | null {
  if (!/^[\w-]{43}$/.test(text)) return null
  const bytes = Uint8Array.from(atob(`${text.replaceAll('-', '+').replaceAll('_', '/')}=`), (char) => char.charCodeAt(0))
  return bytes.length === BYTES ? bytes : null
}

/** What shows the offer and accepts nothing; null when the text is no secret. */
export async function handleOf(secret: string): Promise<string | null> {
  const bytes = bytesOf(secret)
  if (!bytes) return null
  const key = await crypto.subtle.importKey('raw', bytes, 'HKDF', false, ['deriveBits'])
  const derived = await crypto.subtle.deriveBits({ name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: HANDLE_INFO }, key, BYTES * 8)
  const text = btoa(String.fromCharCode(...new Uint8Array(derived)))
  return text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

class OpenedOffer {
  offer = $state.raw<Offer | null>(null)
  failure = $state.raw<Problem | null>(null)
  /** There is no such offer, or no longer. */
  gone = $state(false)
  #secret = $state.raw<string | null>(null)

  constructor() {
    heedSession({ close: () => {}, forget: () => this.drop(), open: () => {}, turn: () => {} })
  }

  /** Whether an offer waits to be accepted or left. */
  get waits(): boolean {
    return this.#secret !== null
  }

  /** Takes the secret out of the address, if there is one. */
  take(): void {
    if (location.pathname !== PAGE || location.hash === '') return
    this.drop()
    this.#secret = location.hash.slice(1)
    history.replaceState(null, '', PAGE)
    void this.look()
  }

  async look(): Promise<void> {
    const secret = this.#secret
    if (secret === null) return
    this.failure = null
    try {
      const handle = await handleOf(secret)
      if (handle === null) {
        this.gone = true
        return
      }
      const offer = await ask(api.POST('/api/v1/invitations/look', { body: { handle } }))
      if (secret === this.#secret) this.offer = offer
    } catch (thrown) {
      const problem = problemOf(thrown)
      if (secret !== this.#secret) return
      if (problem.status === 404) this.gone = true
      else this.failure = problem
    }
  }

  /** Accepts it; whose diary can be opened from now on. */
  async accept(yourName: string): Promise<string> {
    const { owner } = await ask(api.POST('/api/v1/invitations/accept', { body: { secret: this.#secret ?? '', your_name: yourName } }))
    this.drop()
    return owner
  }

  drop(): void {
    this.#secret = null
    this.offer = null
    this.failure = null
    this.gone = false
  }
}

export const offer = new OpenedOffer()
