// Who is signed in, and what happens to what the page holds when that ends.
//
// Two kinds of things are held in memory: what was read (days, foods) and what was typed (open forms,
// entries not saved yet). A session that runs out drops the first and keeps the second, for the same person
// only. Signing out drops both, and so does somebody else who signs in: all windows of a browser share one
// cookie, so a window that went on would show and write one person's diary under another's name.

import { actFor, actForNobody, ask, api, listenToAnswers } from '../api/client'
import { problemOf, sessionEnded, type Problem } from '../api/problem'
import type { SessionInfo } from '../api/types'

export type Ending = 'idle' | 'asked' | 'other'

/** What the windows of a browser tell each other. */
type Told = { answered: string } | { entered: string } | { left: string }

interface Holder {
  /** Drop what was read. */
  close: () => void
  /** Drop what was typed, too. */
  forget: () => void
  /** The diary is open (again). */
  open: () => void
}

const holders: Holder[] = []

/** Makes a part of the app heed the session. */
export function heedSession(holder: Holder): void {
  holders.push(holder)
}

class Session {
  state = $state<'unknown' | 'unreachable' | 'out' | 'in'>('unknown')
  info = $state.raw<SessionInfo | null>(null)
  ended = $state<Ending | null>(null)
  /** A recovery code that was just made, shown until it is confirmed. */
  freshCode = $state<string | null>(null)
  lastAnswerMs = Date.now()
  #idleMinutes = 15
  #lastPerson: string | null = null
  #others = new BroadcastChannel('keepwell-session')

  constructor() {
    listenToAnswers({
      answered: () => this.#answered(),
      refused: (why) => (why === 'other' ? this.#otherPerson() : this.expire()),
    })
    this.#others.onmessage = ({ data }: MessageEvent<Told>) => this.#hear(data)
  }

  get idleMinutes(): number {
    return this.info?.idle_minutes ?? this.#idleMinutes
  }

  /** Whether the diary may be shown: signed in, and no recovery code waiting to be kept. */
  get isOpen(): boolean {
    return this.state === 'in' && this.freshCode === null && this.info?.recovery_code_kept === true
  }

  /** Asks the server who we are; used at the start and to stay signed in. */
  async check(): Promise<Problem | null> {
    try {
      this.#enter(await ask(api.GET('/api/v1/session')))
      return null
    } catch (thrown) {
      const problem = problemOf(thrown)
      if (problem.status === 401) this.state = 'out'
      else if (this.state === 'unknown') this.state = 'unreachable'
      return problem
    }
  }

  async signIn(email: string, password: string): Promise<void> {
    const signedIn = await ask(api.POST('/api/v1/session', { body: { email, password } }))
    if (signedIn.state === 'open') this.#enter(signedIn)
  }

  async signUp(email: string, password: string): Promise<void> {
    const { recovery_code } = await ask(api.POST('/api/v1/account', { body: { email, password } }))
    await this.#enterWith(recovery_code)
  }

  async recover(email: string, recovery_code: string, new_password: string): Promise<void> {
    await ask(api.POST('/api/v1/session/recovery', { body: { email, recovery_code } }))
    const made = await ask(api.POST('/api/v1/session/recovery/password', { body: { new_password } }))
    await this.#enterWith(made.recovery_code)
  }

  /** A new code in place of one that was never confirmed. */
  async renewCode(): Promise<void> {
    const made = await ask(api.POST('/api/v1/account/recovery-code', { headers: { 'content-type': 'application/json' } }))
    this.freshCode = made.recovery_code
  }

  async codeIsKept(code: string): Promise<void> {
    await ask(api.PUT('/api/v1/account/recovery-code/kept', { body: { code } }))
    this.freshCode = null
    if (this.info) {
      this.info = { ...this.info, recovery_code_kept: true }
      for (const holder of holders) holder.open()
    } else {
      await this.check()
    }
  }

  async signOut(): Promise<void> {
    const person = this.info?.person_id ?? ''
    try {
      await ask(api.DELETE('/api/v1/session'))
    } catch (thrown) {
      // Over already: then nothing is left to do but to drop what was typed as well.
      if (!sessionEnded(thrown)) throw thrown
      if (this.ended === 'other') return
    }
    this.#tell({ left: person })
    this.#end('asked')
  }

  /** The page is looked at again: whose is the cookie by now? */
  wake(): void {
    if (this.state === 'in' && document.visibilityState === 'visible') void this.check()
  }

  /** The server no longer knows us, or would not if we asked. */
  expire(): void {
    if (this.state === 'in') this.#end('idle')
  }

  async #enterWith(code: string): Promise<void> {
    this.freshCode = code
    // The code must be shown even when this answer gets lost: it cannot be asked for again.
    await this.check()
  }

  #enter(info: SessionInfo): void {
    const already = this.state === 'in'
    if (already && this.info && this.info.person_id !== info.person_id) return this.#otherPerson()
    if (this.#lastPerson !== null && this.#lastPerson !== info.person_id) {
      for (const holder of holders) holder.forget()
    }
    this.#lastPerson = info.person_id
    this.#idleMinutes = info.idle_minutes
    this.info = info
    this.ended = null
    this.state = 'in'
    actFor(info.person_id)
    if (!already) this.#tell({ entered: info.person_id })
    if (!already && this.isOpen) for (const holder of holders) holder.open()
  }

  #hear(told: Told): void {
    if ('answered' in told) {
      if (told.answered === this.info?.person_id) this.lastAnswerMs = Date.now()
    } else if ('entered' in told) {
      if (this.#lastPerson !== null && told.entered !== this.#lastPerson) this.#otherPerson()
    } else if (told.left === this.info?.person_id) this.#end('asked')
  }

  #tell(what: Told): void {
    this.#others.postMessage(what)
  }

  /** Somebody else is signed in in this browser now. Nothing of the one before stays, typed or read. */
  #otherPerson(): void {
    if (this.#lastPerson !== null) this.#end('other')
  }

  #end(ending: Ending): void {
    actForNobody()
    this.state = 'out'
    this.ended = ending
    this.info = null
    this.freshCode = null
    for (const holder of holders) {
      holder.close()
      if (ending !== 'idle') holder.forget()
    }
    if (ending !== 'idle') this.#lastPerson = null
  }

  #answered(): void {
    this.lastAnswerMs = Date.now()
    if (this.info) this.#tell({ answered: this.info.person_id })
  }
}

export const session = new Session()
