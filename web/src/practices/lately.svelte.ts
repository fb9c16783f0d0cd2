// What a client's last seven days say, as far as they were let in.
//
// It is looked at when somebody asks for it, not with the roster: each look stands in the client's list of who
// looked, and a list that is opened ten times a day would bury there what somebody really read.

import { heedSession } from '../account/session.svelte'
import { api, ask } from '../api/client'
import { problemOf, type Problem } from '../api/problem'
import type { Client, Point } from '../api/types'
import { addDays } from '../figures/dates'

export interface Lately {
  /** Means over the complete days; null where sums or targets were not let in, or nothing is complete. */
  energy: { eaten: number | null; target: number | null } | null
  completeDays: number | null
  /** The last of each measure in ninety days. */
  points: readonly Point[] | null
  activeMinutes: number | null
  activeDays: number
  library: { foods: number; recipes: number } | null
  /** The client wants no energy and weight to be shown. */
  calm: boolean
}

const DAYS = 7
const MEASURED_DAYS = 90
/** What is missing or above by more than this is off the target. */
const NEAR = 0.1

/** Below, near or above what is aimed for; null where that is not known. */
export function standing(lately: Lately): 'below' | 'near' | 'above' | null {
  const { eaten, target } = lately.energy ?? {}
  if (lately.calm || !eaten || !target) return null
  const share = eaten / target
  if (share < 1 - NEAR) return 'below'
  return share > 1 + NEAR ? 'above' : 'near'
}

/** What was not let in, or not on these days, is not there; that is no failure. */
async function granted<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer
  } catch (thrown) {
    if (problemOf(thrown).status === 404) return null
    throw thrown
  }
}

const count = (foods: readonly { kind: string }[], kind: string) => foods.filter((food) => food.kind === kind).length

export async function lookAt(client: Client, practice: string, today: string): Promise<Lately> {
  const headers = { 'keepwell-diary': client.id, 'keepwell-as': practice }
  const has = (scope: string) => client.parts.some((part) => part.scope === scope)
  const range = (days: number) => ({ query: { from: addDays(today, 1 - days), to: today } })
  const only = <T>(scope: string, answer: () => Promise<T>) => (has(scope) ? granted(answer()) : null)
  const [report, measured, active, library, settings] = await Promise.all([
    only('summary', () => ask(api.GET('/api/v1/report', { params: range(DAYS), headers }))),
    only('body', () => ask(api.GET('/api/v1/measurements', { params: range(MEASURED_DAYS), headers }))),
    only('activity', () => ask(api.GET('/api/v1/activities', { params: range(DAYS), headers }))),
    only('library', () => ask(api.GET('/api/v1/library', { headers }))),
    only('plan', () => ask(api.GET('/api/v1/settings', { headers }))),
  ])
  return {
    energy: report ? { eaten: report.energy.eaten_kcal ?? null, target: report.energy.target_kcal ?? null } : null,
    completeDays: report?.complete_days ?? null,
    points: measured?.points ?? null,
    activeMinutes: active ? active.days.reduce((sum, { minutes }) => sum + minutes, 0) : null,
    activeDays: active?.days.length ?? 0,
    library: library ? { foods: count(library.foods, 'food'), recipes: count(library.foods, 'recipe') } : null,
    calm: (settings?.calm ?? false) && (settings?.calm_for_visitors ?? false),
  }
}

class LatelyOfClients {
  /** By client. */
  known = $state.raw<ReadonlyMap<string, Lately>>(new Map())
  working = $state(false)
  failure = $state.raw<Problem | null>(null)
  /** Only what was asked for last counts. */
  #asked = 0

  constructor() {
    heedSession({ close: () => this.forget(), forget: () => this.forget(), open: () => {}, turn: () => {} })
  }

  forget(): void {
    this.#asked += 1
    this.known = new Map()
    this.working = false
    this.failure = null
  }

  /** Looks at these clients, one after the other. */
  async look(clients: readonly Client[], practice: string, today: string): Promise<void> {
    const asked = ++this.#asked
    this.working = true
    this.failure = null
    try {
      for (const client of clients) {
        const found = await lookAt(client, practice, today)
        if (asked !== this.#asked) return
        this.known = new Map(this.known).set(client.id, found)
      }
    } catch (thrown) {
      if (asked === this.#asked) this.failure = problemOf(thrown)
    } finally {
      if (asked === this.#asked) this.working = false
    }
  }
}

export const lately = new LatelyOfClients()
