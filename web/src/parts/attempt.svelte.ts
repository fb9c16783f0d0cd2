// Something that a button does at once: one at a time, and a few words at the foot of the page when it failed.

import { notProved, problemOf, sessionEnded } from '../api/problem'
import { say } from './toasts.svelte'
import { problemText } from './words'

export class Attempt {
  working = $state(false)

  async run(act: () => Promise<void>): Promise<void> {
    if (this.working) return
    this.working = true
    try {
      await act()
    } catch (thrown) {
      if (!sessionEnded(thrown)) say(problemText(problemOf(thrown)), { tone: notProved(thrown) ? 'plain' : 'alert' })
    } finally {
      this.working = false
    }
  }
}
