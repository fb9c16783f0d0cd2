// What went wrong with a request, in the one form that pages handle.

import type { ProblemBody } from './types'

/** No answer came at all: the network is down, or the program is not running. */
export const UNREACHABLE = 0

export class Problem extends Error {
  readonly status: number
  readonly detail: string
  readonly fields: ReadonlyMap<string, string>
  /** How long the server asks us to wait, when it does. */
  readonly retryAfterSeconds: number | null

  constructor(status: number, body: Partial<ProblemBody>, retryAfterSeconds: number | null = null) {
    super(body.title ?? '')
    this.status = status
    this.detail = body.detail ?? ''
    this.fields = new Map((body.errors ?? []).map(({ field, problem }) => [field, problem]))
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** Whatever was thrown, as a problem; a request that was given up is nobody's problem and stays as it is. */
export function problemOf(thrown: unknown): Problem {
  return thrown instanceof Problem ? thrown : new Problem(UNREACHABLE, {})
}

export function wasAborted(thrown: unknown): boolean {
  return thrown instanceof DOMException && thrown.name === 'AbortError'
}
