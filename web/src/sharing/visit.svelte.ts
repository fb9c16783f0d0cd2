// Somebody else's diary in this window: which ones there are, opening one, going back to one's own.
//
// Only requests about a diary name it; everything about the account stays one's own. Nothing of one diary
// stays in sight, or is written, in another.

import { session, heedSession } from '../account/session.svelte'
import { actIn, api, ask } from '../api/client'
import { problemOf } from '../api/problem'
import type { VisitedDiary } from '../api/types'
import { diary } from '../diary/diary.svelte'
import { forms } from '../diary/forms.svelte'
import { t } from '../messages/index.svelte'
import { say } from '../parts/toasts.svelte'
import { go } from '../router.svelte'
import { DAY_SCOPES, rights, type OpenDiary } from './rights.svelte'

/** So often it is looked whether an open diary may still be seen. */
const CHECK_EVERY_MS = 15_000

class Visit {
  /** The diaries of friends. */
  diaries = $state.raw<readonly VisitedDiary[]>([])
  #checking = false

  constructor() {
    diary.missed = () => this.#missed()
    setInterval(() => rights.visited && void this.check(), CHECK_EVERY_MS)
    const close = () => {
      this.diaries = []
      if (rights.visited) this.#turn(null)
    }
    heedSession({ close, forget: close, open: () => void this.#open(), turn: () => {} })
  }

  async #open(): Promise<void> {
    await this.load()
    // New keys for what ended by itself; right after signing in there is the proof that it takes.
    await ask(api.POST('/api/v1/sharing/settle')).catch(() => null)
  }

  async load(): Promise<void> {
    const answer = await ask(api.GET('/api/v1/visits')).catch(() => null)
    if (answer) this.diaries = answer.visits
  }

  /** Opens a diary of somebody else's: a friend's, or one of a practice's or study's. */
  enter(to: OpenDiary): void {
    this.#turn(to)
    diary.show(startOf(to, diary.today))
    const days = DAY_SCOPES.some((scope) => rights.see(scope))
    go(days || !rights.see('summary') ? '/' : '/trends')
  }

  enterFriend({ owner, name, parts }: VisitedDiary): void {
    this.enter({ owner, name, as: null, parts })
  }

  /** Back to one's own. */
  leave(): void {
    if (!rights.visited) return
    this.#turn(null)
    diary.show(diary.today)
    go('/')
  }

  /** Whether the open diary may still be seen, and what of it. */
  async check(): Promise<void> {
    const open = rights.visited
    if (!open || this.#checking || !session.isOpen) return
    this.#checking = true
    try {
      // Which clients a practice has, its roster knows.
      if (open.as !== null) return await this.#checkClient(open, open.as)
      const { visits } = await ask(api.GET('/api/v1/visits'))
      this.diaries = visits
      if (rights.visited !== open) return
      const now = visits.find(({ owner }) => owner === open.owner)
      if (!now || now.parts.length === 0) {
        this.#over(open)
      } else if (JSON.stringify(now.parts) !== JSON.stringify(open.parts)) {
        this.#turn({ ...open, parts: now.parts })
        void diary.load()
      }
    } catch {
      // The next look tells.
    } finally {
      this.#checking = false
    }
  }

  /** Something that was granted is not there. */
  #missed(): void {
    void this.check()
  }

  #over({ name }: OpenDiary): void {
    this.leave()
    say(t().sharing.visit.over(name))
  }

  async #checkClient(open: OpenDiary, practice: string): Promise<void> {
    const roster = await ask(api.GET('/api/v1/practices/{practice}/roster', { params: { path: { practice } } })).catch((thrown: unknown) => {
      if (problemOf(thrown).status === 404) return { clients: [] }
      throw thrown
    })
    if (rights.visited !== open) return
    const now = roster.clients.find(({ id }) => id === open.owner)
    if (!now || now.parts.length === 0) this.#over(open)
    else if (JSON.stringify(now.parts) !== JSON.stringify(open.parts)) {
      this.#turn({ ...open, parts: now.parts })
      void diary.load()
    }
  }

  #turn(to: OpenDiary | null): void {
    session.turn()
    diary.turnTo(to?.owner ?? '')
    forms.closeAll()
    rights.visited = to
    actIn(to && { owner: to.owner, as: to.as })
  }
}

/** Today where it is granted, else the last day that is. */
function startOf({ parts }: OpenDiary, today: string): string {
  if (rights.seeDay(today)) return today
  const lasts = parts.filter(({ scope }) => DAY_SCOPES.some((known) => known === scope)).map(({ last_day, first_day }) => (last_day && last_day < today ? last_day : (first_day ?? today)))
  return lasts.toSorted().at(-1) ?? today
}

export const visit = new Visit()
