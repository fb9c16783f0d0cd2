// Closes the diary when nobody uses it, with a warning a minute before.
//
// The server decides when a session ends; this clock only runs beside it, so that the page says so in time
// and does not go on showing a diary that is closed. Using the page counts as use even when nothing is sent:
// while somebody types a long note we tell the server now and then.

import { session } from './session.svelte'

/** A minute before, or a third of the time where that is less. */
const WARN_MS = 60_000
const TICK_MS = 1_000

class Idle {
  /** Seconds until the diary closes, once the warning is up. */
  secondsLeft = $state<number | null>(null)
  #lastUseMs = 0
  #asking = false

  /** Runs while the app does. Returns what stops it. */
  watch(): () => void {
    const used = () => {
      this.#lastUseMs = Date.now()
    }
    const uses = ['pointerdown', 'keydown', 'wheel', 'touchmove'] as const
    for (const use of uses) addEventListener(use, used, { passive: true })
    const timer = setInterval(() => this.#tick(), TICK_MS)
    // Timers sleep in a hidden page; coming back is the moment to look at the clock.
    const seen = () => this.#tick()
    document.addEventListener('visibilitychange', seen)
    return () => {
      for (const use of uses) removeEventListener(use, used)
      clearInterval(timer)
      document.removeEventListener('visibilitychange', seen)
    }
  }

  async stay(): Promise<void> {
    const problem = await session.check()
    if (!problem) this.secondsLeft = null
  }

  #tick(): void {
    if (session.state !== 'in') {
      this.secondsLeft = null
      return
    }
    const limitMs = session.idleMinutes * 60_000
    const quietMs = Date.now() - session.lastAnswerMs
    if (quietMs >= limitMs) {
      this.secondsLeft = null
      // An installed app with a PIN is locked by the server at this moment, and need not sign in anew.
      if (session.info?.application === 'app' && session.info.has_pin) void this.#tell()
      else session.expire()
    } else if (quietMs >= limitMs - Math.min(WARN_MS, limitMs / 3)) {
      this.secondsLeft = Math.ceil((limitMs - quietMs) / 1000)
    } else {
      this.secondsLeft = null
      if (quietMs > limitMs / 5 && this.#lastUseMs > session.lastAnswerMs) void this.#tell()
    }
  }

  async #tell(): Promise<void> {
    if (this.#asking) return
    this.#asking = true
    await session.check()
    this.#asking = false
  }
}

export const idle = new Idle()
