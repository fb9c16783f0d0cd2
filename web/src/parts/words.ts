// What a person is told when a request failed.

import { UNREACHABLE, type Problem } from '../api/problem'
import { t } from '../messages/index.svelte'

export function problemText(problem: Problem): string {
  const words = t().problems
  switch (problem.status) {
    case UNREACHABLE:
      return words.unreachable
    case 404:
      return words.notFound
    case 429:
      return `${words.tooMany} ${words.waitSeconds(problem.retryAfterSeconds ?? 60)}`
    case 503:
      return words.busy
    default:
      // What the server refuses it explains in plain words; a broken server explains nothing useful.
      return problem.status >= 500 ? words.server : problem.detail || [...problem.fields.values()].join(' ') || problem.message || words.server
  }
}
