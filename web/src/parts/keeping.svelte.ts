// Changes that are kept as soon as they are made: one after the other, with a word when it is done and a
// few at the foot of the page when it could not be done.

import { problemOf, sessionEnded } from '../api/problem'
import { say } from './toasts.svelte'
import { problemText } from './words'

const SAID_MS = 2_500

export class Keeping {
  state = $state<'idle' | 'keeping' | 'kept'>('idle')
  #queue: Promise<void> = Promise.resolve()
  #waiting = 0

  run(act: () => Promise<void>): void {
    this.#waiting += 1
    this.state = 'keeping'
    this.#queue = this.#queue.then(act).then(
      () => this.#done('kept'),
      (thrown: unknown) => {
        if (!sessionEnded(thrown)) say(problemText(problemOf(thrown)), { tone: 'alert' })
        this.#done('idle')
      },
    )
  }

  #done(state: 'idle' | 'kept'): void {
    this.#waiting -= 1
    if (this.#waiting > 0) return
    this.state = state
    if (state === 'kept') setTimeout(() => this.state === 'kept' && (this.state = 'idle'), SAID_MS)
  }
}
