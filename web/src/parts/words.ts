// What a person is told when a request failed: our words where we know the problem, the server's otherwise.

import { UNREACHABLE, type Problem } from '../api/problem'
import type { Messages } from '../messages/en'
import { t } from '../messages/index.svelte'

export function problemText(problem: Problem): string {
  const words = t().problems
  if (problem.status === UNREACHABLE) return words.unreachable
  if (problem.status === 429) {
    const why = problem.kind === 'too-many-wrong' ? words.tooManyWrong : words.tooMany
    return `${why} ${words.waitSeconds(problem.retryAfterSeconds ?? 60)}`
  }
  // On a 422 the field's reason says more than the whole.
  for (const [field, reason] of problem.fields) return fieldText(field, reason)
  if (isKnown(problem.kind, words.kinds)) return words.kinds[problem.kind]
  return problem.status >= 500 ? words.server : sentence(problem.detail || problem.message) || words.server
}

/** Why a field cannot be used. */
export function fieldText(field: string, reason: string): string {
  return t().problems.fields[field] ?? sentence(reason)
}

type Kinds = Messages['problems']['kinds']

function isKnown(kind: string, kinds: Kinds): kind is keyof Kinds {
  return Object.hasOwn(kinds, kind)
}

/** The server writes without a capital and a full stop; the page does not. */
function sentence(text: string): string {
  const whole = text.charAt(0).toUpperCase() + text.slice(1)
  return whole === '' || /[.!?]$/.test(whole) ? whole : `${whole}.`
}
