// Something that a part of a page shows and that comes from the server: there, late, or not to be had.

import { problemOf, type Problem } from '../api/problem'

/** Shorter loads show nothing at all, rather than a flicker. */
const SKELETON_AFTER_MS = 150

export class Loaded<T> {
  value = $state.raw<T | null>(null)
  failure = $state.raw<Problem | null>(null)
  /** It takes long enough to say so. */
  slow = $state(false)
  readonly #fetch: () => Promise<T>

  constructor(fetch: () => Promise<T>) {
    this.#fetch = fetch
  }

  /** What was there stays until the new one has come. */
  async load(): Promise<void> {
    this.failure = null
    const timer = setTimeout(() => (this.slow = this.value === null), SKELETON_AFTER_MS)
    try {
      this.value = await this.#fetch()
    } catch (thrown) {
      this.failure = problemOf(thrown)
    } finally {
      clearTimeout(timer)
      this.slow = false
    }
  }
}
