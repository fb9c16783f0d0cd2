// What went wrong with a request, in the one form that pages handle.

import type { ProblemBody } from './types'

/** No answer came at all: the network is down, or the program is not running. */
export const UNREACHABLE = 0

export const PREFIX = /^urn:keepwell:problem:/
/** The session that asked is over. */
const SIGN_IN_FIRST = 'sign-in-first'
/** What was asked for needs a proof of the last minutes. */
export const PROVE_FIRST = 'prove-first'

/** What a refusal says about the session, whatever was asked for. */
export type Refusal = 'over' | 'other' | 'awaits' | 'locked' | 'owes'
export const REFUSALS: ReadonlyMap<string, Refusal> = new Map<string, Refusal>([
  [SIGN_IN_FIRST, 'over'],
  ['other-person', 'other'],
  ['second-step-first', 'awaits'],
  ['locked', 'locked'],
  ['second-step-owed', 'owes'],
])

export class Problem extends Error {
  readonly status: number
  /** The server's stable name for this kind of problem, without the part that all of them begin with. */
  readonly kind: string
  readonly detail: string
  readonly fields: ReadonlyMap<string, string>
  /** How long the server asks us to wait, when it does. */
  readonly retryAfterSeconds: number | null

  constructor(status: number, body: Partial<ProblemBody>, retryAfterSeconds: number | null = null) {
    super(body.title ?? '')
    this.status = status
    this.kind = (body.type ?? '').replace(PREFIX, '')
    this.detail = body.detail ?? ''
    this.fields = new Map((body.errors ?? []).map(({ field, problem }) => [field, problem]))
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** What everything ends with that was asked for in a session which is over by now. */
export function endedProblem(): Problem {
  return new Problem(401, { type: `urn:keepwell:problem:${SIGN_IN_FIRST}` })
}

/** The person was asked to show who they are, and did not: nothing was changed. */
export function notProved(thrown: unknown): boolean {
  return thrown instanceof Problem && thrown.kind === PROVE_FIRST
}

export function sessionEnded(thrown: unknown): boolean {
  return thrown instanceof Problem && thrown.kind === SIGN_IN_FIRST
}

/** Whatever was thrown, as a problem; a request that was given up is nobody's problem and stays as it is. */
export function problemOf(thrown: unknown): Problem {
  return thrown instanceof Problem ? thrown : new Problem(UNREACHABLE, {})
}

export function wasAborted(thrown: unknown): boolean {
  return thrown instanceof DOMException && thrown.name === 'AbortError'
}
