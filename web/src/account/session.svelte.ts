// Who is signed in, and what happens to what the page holds when that ends.
//
// Two kinds of things are held in memory: what was read (days, foods) and what was typed (open forms,
// entries not saved yet). A session that runs out drops the first and keeps the second, for the same person
// only. Signing out drops both.

import { ask, api, listenToAnswers } from '../api/client'
import { problemOf, type Problem } from '../api/problem'
import type { SessionInfo } from '../api/types'

export type Ending = 'idle' | 'asked'

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
    listenToAnswers({ answered: () => this.#answered(), refused: () => this.expire() })
    this.#others.onmessage = ({ data }) => {
      if (data === 'answered') this.lastAnswerMs = Date.now()
      else if (data === 'left' && this.state === 'in') this.#end('asked')
    }
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
    this.#enter(await ask(api.POST('/api/v1/session', { body: { email, password } })))
  }

  async signUp(email: string, password: string): Promise<void> {
    const { recovery_code } = await ask(api.POST('/api/v1/account', { body: { email, password } }))
    await this.#enterWith(recovery_code)
  }

  async recover(email: string, recovery_code: string, new_password: string): Promise<void> {
    const made = await ask(api.POST('/api/v1/session/recovery', { body: { email, recovery_code, new_password } }))
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
    await ask(api.DELETE('/api/v1/session'))
    this.#others.postMessage('left')
    this.#end('asked')
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
    if (this.#lastPerson !== null && this.#lastPerson !== info.person_id) {
      for (const holder of holders) holder.forget()
    }
    this.#lastPerson = info.person_id
    this.#idleMinutes = info.idle_minutes
    this.info = info
    this.ended = null
    this.state = 'in'
    if (!already && this.isOpen) for (const holder of holders) holder.open()
  }

  #end(ending: Ending): void {
    this.state = 'out'
    this.ended = ending
    this.info = null
    this.freshCode = null
    for (const holder of holders) {
      holder.close()
      if (ending === 'asked') holder.forget()
    }
    if (ending === 'asked') this.#lastPerson = null
  }

  #answered(): void {
    this.lastAnswerMs = Date.now()
    this.#others.postMessage('answered')
  }
}

export const session = new Session()
