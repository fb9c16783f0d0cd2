// The state of a food search box: what was typed, what was found, which hit is the chosen one.
//
// Older answers never overwrite newer ones, and Enter pressed before the answer is there waits for it.

import { wasAborted } from '../api/problem'
import type { FoodHit } from '../api/types'

export type Find = (query: string, signal: AbortSignal) => Promise<FoodHit[]>

export const DEBOUNCE_MS = 120

export class FoodSearch {
  query = $state('')
  hits = $state.raw<readonly FoodHit[]>([])
  state = $state<'idle' | 'searching' | 'done' | 'failed'>('idle')
  /** The hit that Enter takes: the top one until the person moves. */
  active = $state(0)
  readonly #find: Find
  readonly #delayMs: number
  #timer: ReturnType<typeof setTimeout> | undefined
  #running: AbortController | null = null
  #waiting: ((hit: FoodHit | null) => void)[] = []

  constructor(find: Find, delayMs: number = DEBOUNCE_MS) {
    this.#find = find
    this.#delayMs = delayMs
  }

  type(text: string): void {
    this.query = text
    this.active = 0
    this.#giveUp()
    if (text.trim() === '') {
      this.hits = []
      this.state = 'idle'
      this.#answerWaiting()
      return
    }
    this.state = 'searching'
    this.#timer = setTimeout(() => void this.#search(), this.#delayMs)
  }

  /** Runs a failed search again. */
  again(): void {
    this.type(this.query)
  }

  clear(): void {
    this.type('')
  }

  /** Moves among what is shown: the hits, or as many foods as stand there before anything is typed. */
  move(by: number, shown: number = this.hits.length): void {
    if (shown > 0) this.active = (Math.min(this.active, shown - 1) + by + shown) % shown
  }

  /** The hit that Enter means, as soon as the search for what is typed now is done. */
  chosen(): Promise<FoodHit | null> {
    if (this.state !== 'searching') return Promise.resolve(this.hits[this.active] ?? null)
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  async #search(): Promise<void> {
    const running = new AbortController()
    this.#running = running
    try {
      const hits = await this.#find(this.query.trim(), running.signal)
      if (this.#running !== running) return
      this.hits = hits
      this.state = 'done'
    } catch (thrown) {
      if (this.#running !== running || wasAborted(thrown)) return
      this.hits = []
      this.state = 'failed'
    }
    this.#running = null
    this.#answerWaiting()
  }

  #giveUp(): void {
    clearTimeout(this.#timer)
    this.#running?.abort()
    this.#running = null
  }

  #answerWaiting(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const resolve of waiting) resolve(this.hits[this.active] ?? null)
  }
}
