// Who is signed in, and what happens to what the page holds when that ends.
//
// Two kinds of things are held in memory: what was read (days, foods) and what was typed (open forms,
// entries not saved yet). A session that runs out or is locked drops the first and keeps the second, for the
// same person only. Signing out drops both, and so does somebody else who signs in: all windows of a browser
// share one cookie, so a window that went on would show and write one person's diary under another's name.

import { actFor, actForNobody, ask, api, listenToAnswers } from '../api/client'
import { problemOf, sessionEnded, type Problem, type Refusal } from '../api/problem'
import { useKey } from '../api/webauthn'
import { WAYS, type SessionInfo, type SignedIn, type Unlocking, type Way } from '../api/types'

/** `over`: the server ended it before its time without use had passed. */
export type Ending = 'idle' | 'over' | 'asked' | 'other' | 'tries'

/** `awaits`: the first step is done, the second is not. `locked`: a PIN or a passkey opens it again. */
type State = 'unknown' | 'unreachable' | 'out' | 'awaits' | 'locked' | 'in'

/** What the windows of a browser tell each other. */
type Told = { answered: string } | { entered: string } | { left: string } | { locked: string }

interface Holder {
  /** Drop what was read. */
  close: () => void
  /** Drop what was typed, too. */
  forget: () => void
  /** The diary is open (again). */
  open: () => void
  /** Another diary stands in this window; without it, what was read is dropped. */
  turn?: () => void
}

const holders: Holder[] = []

/** Makes a part of the app heed the session. */
export function heedSession(holder: Holder): void {
  holders.push(holder)
}

/** Whether the app stands in a window of its own, put there by the person. */
function isInstalled(): boolean {
  return matchMedia('(display-mode: standalone)').matches
}

class Session {
  state = $state<State>('unknown')
  info = $state.raw<SessionInfo | null>(null)
  ended = $state<Ending | null>(null)
  /** What can be shown as a second step; all of it when the page was loaded anew meanwhile. */
  ways = $state.raw<readonly Way[]>(WAYS)
  /** A recovery code that was just made, shown until it is confirmed. */
  freshCode = $state<string | null>(null)
  lastAnswerMs = Date.now()
  #idleMinutes = 15
  #lastPerson: string | null = null
  #opened = false
  #others = new BroadcastChannel('keepwell-session')

  constructor() {
    listenToAnswers({ answered: () => this.#answered(), refused: (why) => this.#refused(why) })
    this.#others.onmessage = ({ data }: MessageEvent<Told>) => this.#hear(data)
  }

  get idleMinutes(): number {
    return this.info?.idle_minutes ?? this.#idleMinutes
  }

  /** Whether the diary may be shown: signed in, and nothing left to be set up or kept first. */
  get isOpen(): boolean {
    const { info } = this
    if (this.state !== 'in' || this.freshCode !== null || !info) return false
    return info.recovery_code_kept && !info.recovering && !info.owes_second_step
  }

  /** Asks the server who we are; used at the start and to stay signed in. */
  async check(): Promise<Problem | null> {
    try {
      this.#enter(await ask(api.GET('/api/v1/session')))
      return null
    } catch (thrown) {
      // What a refusal means was heard before this.
      if (this.state === 'unknown') this.state = 'unreachable'
      return problemOf(thrown)
    }
  }

  async signIn(email: string, password: string): Promise<void> {
    this.#step(await ask(api.POST('/api/v1/session', { body: { email, password, installed: isInstalled() } })))
  }

  /** In with a passkey alone, when it has a secret of its own for this diary. */
  async signInWithPasskey(): Promise<void> {
    const { ceremony, publicKey } = await ask(api.POST('/api/v1/session/passkey/challenge'))
    const { credential, slotSecret } = await useKey(publicKey)
    const body = { ceremony, credential, slot_secret: slotSecret, installed: isInstalled() }
    this.#step(await ask(api.POST('/api/v1/session/passkey', { body })))
  }

  async signUp(email: string, password: string): Promise<void> {
    const { recovery_code } = await ask(api.POST('/api/v1/account', { body: { email, password } }))
    await this.#enterWith(recovery_code)
  }

  /** In with a code that was kept; where there is a second step it follows, and then a new password. */
  async recover(email: string, recovery_code: string): Promise<void> {
    this.#step(await ask(api.POST('/api/v1/session/recovery', { body: { email, recovery_code } })))
  }

  async choosePassword(new_password: string): Promise<void> {
    const made = await ask(api.POST('/api/v1/session/recovery/password', { body: { new_password } }))
    await this.#enterWith(made.recovery_code)
  }

  async passSecondStep(typed: { totp: string } | { single_use_code: string }): Promise<void> {
    this.#enter(await ask(api.POST('/api/v1/session/second-step', { body: typed })))
  }

  async passWithKey(): Promise<void> {
    const { ceremony, publicKey } = await ask(api.POST('/api/v1/session/second-step/key/challenge'))
    const { credential } = await useKey(publicKey)
    this.#enter(await ask(api.POST('/api/v1/session/second-step/key', { body: { ceremony, credential } })))
  }

  /** Hides everything until the PIN or a passkey of this device is shown. */
  async lock(): Promise<void> {
    const person = this.info?.person_id ?? ''
    await ask(api.POST('/api/v1/session/lock'))
    this.#tell({ locked: person })
    this.#suspend('locked')
  }

  unlock(pin: string): Promise<void> {
    return this.#unlock({ pin })
  }

  async unlockWithKey(): Promise<void> {
    const { ceremony, publicKey } = await ask(api.POST('/api/v1/session/unlock/challenge'))
    const { credential } = await useKey(publicKey)
    await this.#unlock({ key: { ceremony, credential } })
  }

  async #unlock(body: Unlocking): Promise<void> {
    await ask(api.POST('/api/v1/session/unlock', { body }))
    const problem = await this.check()
    if (problem) throw problem
  }

  /** A new code in the place of the one before. */
  async renewCode(): Promise<void> {
    const made = await ask(api.POST('/api/v1/account/recovery-code'))
    this.freshCode = made.recovery_code
  }

  async codeIsKept(code: string): Promise<void> {
    await ask(api.PUT('/api/v1/account/recovery-code/kept', { body: { code } }))
    this.freshCode = null
    if (this.info) {
      this.info = { ...this.info, recovery_code_kept: true }
      this.#open()
    } else {
      await this.check()
    }
  }

  async signOut(): Promise<void> {
    const person = this.info?.person_id ?? this.#lastPerson ?? ''
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

  /** Another diary is opened in this window: nothing of the one before stays in sight. */
  turn(): void {
    for (const holder of holders) (holder.turn ?? holder.close)()
  }

  /** The page is looked at again: whose is the cookie by now? */
  wake(): void {
    if (this.state === 'in' && document.visibilityState === 'visible') void this.check()
  }

  /** Nobody used it for so long that the server would not know us any more. */
  expire(): void {
    if (this.state === 'in' || this.state === 'locked') this.#end('idle')
  }

  /** The server no longer knows us. */
  #over(): void {
    const quietMs = Date.now() - this.lastAnswerMs
    if (this.state === 'awaits') this.#end('tries')
    else if (this.state === 'in' || this.state === 'locked') this.#end(quietMs < this.idleMinutes * 60_000 ? 'over' : 'idle')
    else this.state = 'out'
  }

  /** The first step was right: either that was all, or the second follows. */
  #step(answer: SignedIn): void {
    if (answer.state === 'open') return this.#enter(answer)
    this.ways = WAYS.filter((way) => answer.ways.includes(way))
    this.#suspend('awaits')
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
    this.ways = WAYS
    this.state = 'in'
    actFor(info.person_id)
    if (!already) this.#tell({ entered: info.person_id })
    this.#open()
  }

  #open(): void {
    if (this.#opened || !this.isOpen) return
    this.#opened = true
    for (const holder of holders) holder.open()
  }

  #refused(why: Refusal): void {
    if (why === 'other') this.#otherPerson()
    else if (why === 'over') this.#over()
    else if (why === 'owes') void this.check()
    else this.#suspend(why)
  }

  /** Nothing of the diary is shown until one more step was taken. What was typed waits for its person. */
  #suspend(state: 'awaits' | 'locked'): void {
    if (this.state === state) return
    if (this.state === 'in') this.#close()
    this.ended = null
    this.state = state
  }

  #hear(told: Told): void {
    if ('answered' in told) {
      if (told.answered === this.info?.person_id) this.lastAnswerMs = Date.now()
    } else if ('entered' in told) {
      if (this.#lastPerson !== null && told.entered !== this.#lastPerson) this.#otherPerson()
      else if (this.state === 'awaits' || this.state === 'locked') void this.check()
    } else if ('locked' in told) {
      if (told.locked === this.info?.person_id) this.#suspend('locked')
    } else if (told.left === this.#lastPerson && this.state !== 'out') this.#end('asked')
  }

  #tell(what: Told): void {
    this.#others.postMessage(what)
  }

  /** Somebody else is signed in in this browser now. Nothing of the one before stays, typed or read. */
  #otherPerson(): void {
    if (this.#lastPerson !== null) this.#end('other')
  }

  #end(ending: Ending): void {
    this.#close()
    this.state = 'out'
    this.ended = ending
    if (ending === 'idle' || ending === 'over' || ending === 'tries') return
    for (const holder of holders) holder.forget()
    this.#lastPerson = null
  }

  #close(): void {
    actForNobody()
    this.info = null
    this.freshCode = null
    this.#opened = false
    for (const holder of holders) holder.close()
  }

  #answered(): void {
    this.lastAnswerMs = Date.now()
    if (this.info) this.#tell({ answered: this.info.person_id })
  }
}

export const session = new Session()
