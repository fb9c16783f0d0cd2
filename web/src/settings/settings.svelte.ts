// How the diary is shown: what its owner set, or the usual until it is known.
//
// Units, the first day of the week and calm mode are always those of whoever looks. Meals, the goal for
// water and what stands out are those of the diary that is open, where its owner gave them.

import { heedSession } from '../account/session.svelte'
import { api, ask } from '../api/client'
import { problemOf, type Problem } from '../api/problem'
import type { MealGroup, Settings } from '../api/types'
import { language, speak, t } from '../messages/index.svelte'
import { setTheme } from '../parts/theme.svelte'
import { rights } from '../sharing/rights.svelte'

const SHOWN_FIRST: readonly MealGroup[] = ['breakfast', 'lunch', 'dinner', 'snacks']
const HIDDEN_FIRST: readonly MealGroup[] = ['own1', 'own2', 'own3', 'own4']

/** What everybody begins with. */
const USUAL: Settings = {
  units: 'metric',
  energy: 'kcal',
  glucose: 'mg_dl',
  groups: [...SHOWN_FIRST.map((group) => ({ group, hidden: false })), ...HIDDEN_FIRST.map((group) => ({ group, hidden: true }))],
  calm: false,
  calm_for_visitors: false,
  water_goal_ml: null,
  highlighted: [],
  week_starts: 'monday',
  net_carbs: false,
  language: null,
  appearance: 'system',
}

class SettingsOfThePerson {
  /** One's own. */
  own = $state.raw<Settings>(USUAL)
  /** Whether they are known by now. */
  known = $state(false)
  failure = $state.raw<Problem | null>(null)
  /** Those of the diary that is visited; null where they were not given. */
  #visited = $state.raw<Settings | null>(null)

  constructor() {
    const close = () => {
      this.own = USUAL
      this.known = false
      this.#visited = null
    }
    heedSession({ close, forget: close, open: () => void this.load(), turn: () => (this.#visited = null) })
    $effect.root(() => {
      $effect(() => {
        if (rights.visited && rights.see('plan')) void this.#loadVisited(rights.visited)
      })
    })
  }

  /** Those of the diary that is open. */
  get shown(): Settings {
    return rights.visited ? (this.#visited ?? USUAL) : this.own
  }

  /** Energy and weight are hidden: the person wants it so, or the owner of the diary that is open does. */
  get calm(): boolean {
    return this.own.calm || (rights.visited !== null && this.shown.calm && this.shown.calm_for_visitors)
  }

  /** The meals of a day, in order, with those that are hidden. */
  get groups(): readonly { group: MealGroup; hidden: boolean }[] {
    return this.shown.groups.map(({ group, hidden }) => ({ group, hidden: hidden ?? false }))
  }

  /** What a meal is called. */
  nameOf(group: MealGroup): string {
    return this.shown.groups.find((each) => each.group === group)?.name ?? t().day.groups[group]
  }

  async load(): Promise<void> {
    if (rights.visited) return
    this.failure = null
    try {
      this.own = await ask(api.GET('/api/v1/settings'))
      this.known = true
      await this.#look()
    } catch (thrown) {
      this.failure = problemOf(thrown)
    }
  }

  /** Shows a change at once and keeps it; takes it back when it could not be kept. */
  async save(change: Partial<Settings>): Promise<void> {
    const before = this.own
    this.own = { ...before, ...change }
    try {
      this.own = await ask(api.PUT('/api/v1/settings', { body: this.own }))
    } catch (thrown) {
      this.own = before
      throw thrown
    }
  }

  /** Language and appearance: shown at once, and kept with the rest unless a diary of somebody else is open. */
  async choose(change: Pick<Partial<Settings>, 'language' | 'appearance'>): Promise<void> {
    // What is not known yet must not be overwritten with the usual, nor take the place of the choice when it comes.
    if (!rights.visited && !this.known) await this.load()
    if (change.language) await speak(change.language)
    if (change.appearance) setTheme(change.appearance)
    if (rights.visited) return
    if (this.failure) throw this.failure
    await this.save(change)
  }

  async #look(): Promise<void> {
    if (this.own.language && this.own.language !== language()) await speak(this.own.language)
    if (this.own.appearance) setTheme(this.own.appearance)
  }

  async #loadVisited(open: NonNullable<typeof rights.visited>): Promise<void> {
    const answer = await ask(api.GET('/api/v1/settings')).catch(() => null)
    if (rights.visited === open) this.#visited = answer
  }
}

export const settings = new SettingsOfThePerson()
