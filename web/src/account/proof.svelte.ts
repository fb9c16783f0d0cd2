// Showing once more who one is, before something is changed that opens the diary.
//
// Whatever request the server answers with `prove-first` waits for one dialog, and is sent again after it.
// Several at once share the dialog. Giving it up leaves everything as it was.

import { api, ask, proveWith } from '../api/client'
import { Problem, problemOf } from '../api/problem'
import type { Proof as NewProof, SecondStep } from '../api/types'
import { useKey } from '../api/webauthn'
import { say } from '../parts/toasts.svelte'
import { problemText } from '../parts/words'
import type { Typed } from './second-step'
import { heedSession, session } from './session.svelte'

class Proof {
  /** The second steps that can be shown, while the dialog stands. */
  asked = $state.raw<readonly SecondStep[] | null>(null)
  #waiting: ((proved: boolean) => void)[] = []

  constructor() {
    proveWith(() => this.#ask())
    const close = () => this.settle(false)
    heedSession({ close, forget: close, open: () => {} })
  }

  /** Shows the password, and the second step where there is one. */
  show(password: string, step: Typed | null): Promise<void> {
    return this.#send({ password, ...step })
  }

  async showWithKey(password: string): Promise<void> {
    const { ceremony, publicKey } = await ask(api.POST('/api/v1/session/proof/challenge'))
    const { credential } = await useKey(publicKey)
    await this.#send({ password, key: { ceremony, credential } })
  }

  /** A passkey that opens the diary alone shows by itself who one is. */
  async showPasskey(): Promise<void> {
    const { ceremony, publicKey } = await ask(api.POST('/api/v1/session/proof/challenge'))
    const { credential, slotSecret } = await useKey(publicKey)
    if (slotSecret === null) throw new Problem(422, { type: 'urn:keepwell:problem:key-alone' })
    await this.#send({ passkey: { ceremony, credential, slot_secret: slotSecret } })
  }

  async #send(body: NewProof): Promise<void> {
    await ask(api.POST('/api/v1/session/proof', { body }))
    this.settle(true)
  }

  settle(proved: boolean): void {
    this.asked = null
    const waiting = this.#waiting
    this.#waiting = []
    for (const tell of waiting) tell(proved)
  }

  async #ask(): Promise<boolean> {
    // Whoever came in with a recovery code has nothing else to show: that is begun anew.
    if (session.info?.recovering ?? true) return false
    const answer = new Promise<boolean>((tell) => this.#waiting.push(tell))
    if (this.#waiting.length === 1) await this.#open()
    return answer
  }

  async #open(): Promise<void> {
    try {
      const { steps } = await ask(api.GET('/api/v1/account/second-steps'))
      if (this.#waiting.length > 0) this.asked = steps
    } catch (thrown) {
      say(problemText(problemOf(thrown)), { tone: 'alert' })
      this.settle(false)
    }
  }
}

export const proof = new Proof()
