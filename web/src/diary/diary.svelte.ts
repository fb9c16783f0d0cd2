// The diary as the page holds it: the day that is shown, days seen before, entries not saved yet.
//
// Changes go to the server one after the other, so that the answer shown last is the newest state of the
// day. An entry that could not be saved stays here with its id; sending it again changes nothing twice.

import { SvelteMap } from 'svelte/reactivity'
import { api, ask, inThisSession } from '../api/client'
import { Problem, problemOf, UNREACHABLE } from '../api/problem'
import type { Day, Entry, EntryChange, FoodHit, MealGroup, NewEntry } from '../api/types'
import { heedSession, session } from '../account/session.svelte'
import { addDays, dayOf } from '../figures/dates'
import { rights } from '../sharing/rights.svelte'
import { foodsIn } from './entries'
import { fileInbox } from './inbox'

export interface Unsaved {
  date: string
  entry: NewEntry
  /** The entry as its row shows it meanwhile. */
  shown: Entry
  problem: Problem | null
}

/** Shorter loads show nothing at all, rather than a flicker. */
const SKELETON_AFTER_MS = 150
/** A day seen longer ago is asked for again when the page comes back into view. */
const STALE_AFTER_MS = 60_000

class Diary {
  today = $state(dayOf(new Date()))
  date = $state(dayOf(new Date()))
  /** The shown day takes long enough to say so. */
  slow = $state(false)
  failure = $state.raw<Problem | null>(null)
  unsaved = $state.raw<readonly Unsaved[]>([])
  #days = new SvelteMap<string, Day>()
  #leaving = $state.raw<ReadonlySet<string>>(new Set())
  #queue: Promise<unknown> = Promise.resolve()
  /** How often each day was changed here: an answer from before a change is not shown after it. */
  #changes = new Map<string, number>()
  #loadedMs = 0
  /** What is not saved yet in the diaries that are not open. */
  #elsewhere = new Map<string, readonly Unsaved[]>()
  /** Whose diary is open; empty is one's own. */
  #whose = ''
  #turns = 0
  /** Told when today is opened in one's own diary: what repeats comes into it. */
  laid: () => Promise<void> = () => Promise.resolve()
  /** Told when something that was granted is not there. */
  missed: () => void = () => {}

  constructor() {
    heedSession({
      close: () => this.#close(),
      forget: () => this.#forget(),
      open: () => void this.#open(),
      turn: () => this.#close(),
    })
  }

  /** The shown day as the server knows it, or null while it is not here. */
  get day(): Day | null {
    return this.#days.get(this.date) ?? null
  }

  /** What the day's list shows: saved entries that are not being removed, and those not saved yet. */
  get entries(): Entry[] {
    const saved = (this.day?.entries ?? []).filter(({ id }) => !this.#leaving.has(id))
    const ids = new Set(saved.map(({ id }) => id))
    const waiting = this.unsaved.filter(({ date, entry }) => date === this.date && !ids.has(entry.id))
    return [...saved, ...waiting.map(({ shown }) => shown)]
  }

  /** Entries of any day that the server refused or that could not be sent. */
  get failed(): readonly Unsaved[] {
    return this.unsaved.filter(({ problem }) => problem !== null)
  }

  unsavedOf(id: string): Unsaved | undefined {
    return this.unsaved.find(({ entry }) => entry.id === id)
  }

  /** Foods of the days seen so far, newest first. */
  get lately(): FoodHit[] {
    const hits = new Map<string, FoodHit>()
    const days = [...this.#days.values()].toSorted((a, b) => b.date.localeCompare(a.date))
    for (const { food, energy_kcal, grams } of days.flatMap((day) => foodsIn(day.entries).toReversed())) {
      const per100 = typeof energy_kcal === 'number' ? (energy_kcal / grams) * 100 : null
      if (!hits.has(food.id)) hits.set(food.id, { ...food, group: '', energy_kcal: per100 })
    }
    return [...hits.values()]
  }

  show(date: string): void {
    this.date = date
    void this.load()
  }

  step(days: number): void {
    this.show(addDays(this.date, days))
  }

  async load(): Promise<void> {
    if (!session.isOpen) return
    const [date, turn] = [this.date, this.#turns]
    const changes = this.#changes.get(date)
    this.failure = null
    this.slow = false
    if (!rights.seeDay(date)) return
    const timer = setTimeout(() => (this.slow = date === this.date && !this.day), SKELETON_AFTER_MS)
    try {
      const day = await this.fetch(date)
      if (turn !== this.#turns) return
      // A change of this day made meanwhile has brought a newer state of it than this answer.
      if (changes === this.#changes.get(date) || !this.#days.has(date)) this.#days.set(date, day)
      this.#loadedMs = Date.now()
    } catch (thrown) {
      if (turn !== this.#turns) return
      const problem = problemOf(thrown)
      if (problem.status === 404) this.#missing(date)
      if (date === this.date) this.failure = problem
    } finally {
      clearTimeout(timer)
      if (date === this.date) this.slow = false
    }
  }

  /** A day, without showing it. */
  fetch(date: string): Promise<Day> {
    return ask(api.GET('/api/v1/days/{date}', { params: { path: { date } } }))
  }

  /** What is not granted any more is not shown any more. */
  #missing(date: string): void {
    this.#days.delete(date)
    this.missed()
  }

  /** Another diary is open from here on, empty for one's own; what was not saved in this one waits for it. */
  turnTo(whose: string): void {
    this.#elsewhere.set(this.#whose, this.unsaved)
    // What was on its way has lost its answer.
    const waiting = this.#elsewhere.get(whose) ?? []
    this.unsaved = waiting.map((each) => ({ ...each, problem: each.problem ?? new Problem(UNREACHABLE, {}) }))
    this.#whose = whose
    this.#turns += 1
  }

  /** Notices a new calendar day, and looks for changes made on another device. */
  wake(): void {
    const today = dayOf(new Date())
    if (today !== this.today) {
      if (this.date === this.today) this.show(today)
      this.today = today
    }
    if (session.isOpen && document.visibilityState === 'visible' && Date.now() - this.#loadedMs > STALE_AFTER_MS) void this.load()
  }

  /** Shows the entry at once and saves it; one that cannot be saved stays in the list and says so. */
  async add(date: string, entry: NewEntry, shown: Entry): Promise<boolean> {
    this.unsaved = [...this.unsaved, { date, entry, shown, problem: null }]
    return this.#send(entry.id)
  }

  async retry(id: string): Promise<void> {
    this.#mark(id, null)
    await this.#send(id)
  }

  retryAll(): void {
    for (const { entry } of this.failed) void this.retry(entry.id)
  }

  discard(id: string): void {
    this.unsaved = this.unsaved.filter(({ entry }) => entry.id !== id)
  }

  async change(date: string, id: string, change: EntryChange): Promise<void> {
    await this.#write(date, () =>
      ask(api.PATCH('/api/v1/days/{date}/entries/{id}', { params: { path: { date, id } }, body: change })),
    )
    if (change.day) this.#stale(change.day)
  }

  /** Takes the entry out of the list at once; it comes back when the server could not remove it. */
  async remove(date: string, id: string): Promise<void> {
    this.#leaving = new Set([...this.#leaving, id])
    try {
      await this.#write(date, () => ask(api.DELETE('/api/v1/days/{date}/entries/{id}', { params: { path: { date, id } } })))
    } finally {
      this.#leaving = new Set([...this.#leaving].filter((leaving) => leaving !== id))
    }
  }

  async complete(date: string, complete: boolean): Promise<void> {
    await this.#write(date, () => ask(api.PATCH('/api/v1/days/{date}', { params: { path: { date } }, body: { complete } })))
  }

  async copy(date: string, from: string, entries: { id: string; of: string }[]): Promise<void> {
    await this.#write(date, () => ask(api.POST('/api/v1/days/{date}/copies', { params: { path: { date } }, body: { from, entries } })))
  }

  /** Records several entries, all or none. */
  async addSeveral(date: string, entries: NewEntry[]): Promise<void> {
    await this.#write(date, () => ask(api.POST('/api/v1/days/{date}/meals', { params: { path: { date } }, body: { entries } })))
  }

  async removeSeveral(date: string, entries: string[]): Promise<void> {
    await this.#write(date, () => ask(api.POST('/api/v1/days/{date}/removals', { params: { path: { date } }, body: { entries } })))
  }

  async moveSeveral(date: string, to: string, entries: string[], group: MealGroup | null): Promise<void> {
    await this.#write(date, () => ask(api.POST('/api/v1/days/{date}/moves', { params: { path: { date } }, body: { entries, to, group } })))
    if (to !== date) this.#stale(to)
  }

  async #send(id: string): Promise<boolean> {
    const found = this.unsavedOf(id)
    if (!found) return true
    const { date, entry } = found
    try {
      await this.#write(date, () => ask(api.POST('/api/v1/days/{date}/entries', { params: { path: { date } }, body: entry })))
      this.discard(id)
      return true
    } catch (thrown) {
      const problem = problemOf(thrown)
      this.#mark(id, problem)
      if (problem.status === 404) this.missed()
      return false
    }
  }

  async #write(date: string, request: () => Promise<Day>): Promise<void> {
    // What waits its turn when the session ends is not sent: the next one may be somebody else's.
    const done = this.#queue.then(inThisSession(request)).then((day) => {
      this.#changes.set(date, (this.#changes.get(date) ?? 0) + 1)
      this.#days.set(date, day)
    })
    this.#queue = done.catch(() => {})
    await done
  }

  #mark(id: string, problem: Problem | null): void {
    this.unsaved = this.unsaved.map((each) => (each.entry.id === id ? { ...each, problem } : each))
  }

  #stale(date: string): void {
    if (date !== this.date) this.#days.delete(date)
  }

  /** What programs left comes into its days; those that are held here are read again. */
  async #file(): Promise<void> {
    const filed = await fileInbox()
    for (const date of filed) {
      if (date !== this.date) this.#days.delete(date)
    }
    if (filed.includes(this.date)) await this.load()
  }

  async #open(): Promise<void> {
    await this.load()
    this.retryAll()
    if (this.#whose !== '') return
    await this.#file()
    await this.laid()
    // Yesterday is what people copy from and step to; having it makes both immediate.
    const before = addDays(this.date, -1)
    if (!this.#days.has(before)) await this.fetch(before).then((day) => this.#days.set(before, day), () => {})
  }

  #close(): void {
    this.#days.clear()
    this.#changes.clear()
    this.#leaving = new Set()
    this.failure = null
    // What was under way has failed by now or will be answered with 401: both are worth another try.
    this.#queue = Promise.resolve()
  }

  #forget(): void {
    this.#close()
    this.unsaved = []
    this.#elsewhere.clear()
    this.date = this.today
  }
}

export const diary = new Diary()
