// What is known of the body beside the days: the last of each measure, own measures and activities, fasts.

import { heedSession } from '../account/session.svelte'
import { api, ask } from '../api/client'
import type { ActiveDay, Fast, FastStatistics, OwnActivity, OwnMeasure, Point, SentFast } from '../api/types'
import { addDays, dayOf } from '../figures/dates'
import { Loaded } from '../parts/loaded.svelte'
import { rights } from '../sharing/rights.svelte'

/** As far back as one question reaches. */
const BACK_DAYS = 399
export const ACTIVE_DAYS = 30

const back = (days: number) => {
  const to = addDays(dayOf(new Date()), 1)
  return { from: addDays(to, -days), to }
}

interface Fasts {
  fasts: readonly Fast[]
  statistics: FastStatistics
}

class Body {
  readonly latest = new Loaded<readonly Point[]>(async () => (await ask(api.GET('/api/v1/measurements', { params: { query: back(BACK_DAYS) } }))).points)
  readonly ownMeasures = new Loaded<readonly OwnMeasure[]>(async () => (await ask(api.GET('/api/v1/measures'))).own)
  readonly ownActivities = new Loaded<readonly OwnActivity[]>(async () => (await ask(api.GET('/api/v1/activities/own'))).own)
  readonly active = new Loaded<readonly ActiveDay[]>(async () => (await ask(api.GET('/api/v1/activities', { params: { query: back(ACTIVE_DAYS) } }))).days)
  readonly fasts = new Loaded<Fasts>(() => ask(api.GET('/api/v1/fasts')))

  constructor() {
    const drop = () => {
      for (const part of [this.latest, this.ownMeasures, this.ownActivities, this.active, this.fasts]) part.value = part.failure = null
    }
    heedSession({ close: drop, forget: drop, open: () => {}, turn: drop })
  }

  /** The points of one measure, as far back as one question reaches. */
  async pointsOf(measure: string): Promise<readonly Point[]> {
    return (await ask(api.GET('/api/v1/measurements', { params: { query: { measure, ...back(BACK_DAYS) } } }))).points
  }

  lastOf(measure: string): Point | null {
    return this.latest.value?.find((point) => point.measure === measure) ?? null
  }

  /** The weight that energy is computed with; null while none is known. */
  get weightKg(): number | null {
    return this.lastOf('weight')?.canonical.value ?? null
  }

  /** The fast that runs. */
  get running(): Fast | null {
    return this.fasts.value?.fasts.find(({ ends }) => !ends) ?? null
  }

  /** Whether fasts are there to see: they have no day, so who was given some days sees none. */
  get seesFasts(): boolean {
    return !rights.visited || rights.visited.parts.some(({ scope, first_day, last_day }) => scope === 'food' && !first_day && !last_day)
  }

  async keepFast(id: string, fast: SentFast): Promise<void> {
    await ask(api.PUT('/api/v1/fasts/{id}', { params: { path: { id } }, body: fast }))
    await this.fasts.load()
  }

  async forgetFast(id: string): Promise<void> {
    await ask(api.DELETE('/api/v1/fasts/{id}', { params: { path: { id } } }))
    await this.fasts.load()
  }

  async keepMeasure(id: string, measure: { name: string; unit: string }): Promise<void> {
    await ask(api.PUT('/api/v1/measures/{id}', { params: { path: { id } }, body: measure }))
    await this.ownMeasures.load()
  }

  async forgetMeasure(id: string): Promise<void> {
    await ask(api.DELETE('/api/v1/measures/{id}', { params: { path: { id } } }))
    await this.ownMeasures.load()
  }

  async keepActivity(id: string, activity: { name: string; met: number | null }): Promise<void> {
    await ask(api.PUT('/api/v1/activities/own/{id}', { params: { path: { id } }, body: activity }))
    await this.ownActivities.load()
  }

  async forgetActivity(id: string): Promise<void> {
    await ask(api.DELETE('/api/v1/activities/own/{id}', { params: { path: { id } } }))
    await this.ownActivities.load()
  }

  /** After something was recorded: what is held here is old. */
  async refresh(): Promise<void> {
    if (this.latest.value) await this.latest.load()
    if (this.active.value) await this.active.load()
  }
}

export const body = new Body()
