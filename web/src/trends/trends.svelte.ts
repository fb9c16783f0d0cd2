// What the page of trends shows: a range, one or two things, and the days that are loaded.
//
// A year and a month is loaded at once, so that moving and zooming ask for nothing, and another nutrient asks for
// that nutrient alone. Everything else is worked out in the page.

import { api, ask } from '../api/client'
import { problemOf, type Problem } from '../api/problem'
import { heedSession } from '../account/session.svelte'
import { knownAmount } from '../sums/coverage'
import { measureOf } from '../body/measures'
import { activityColumns, columnsOf, isOfFoods, lowerKeyOf, measureIn, MINUTES, SPENT } from './measured'
import { datesOf, lastDays, windowAround, within, type Span } from './span'

export const PRESETS = ['7', '30', '90', '365', 'own'] as const
export type Preset = (typeof PRESETS)[number]

/** What stands on the card of averages. */
export const SHOWN = ['energy', 'carbohydrate', 'protein', 'fat', 'fiber'] as const

/** One thing over all days that are loaded, a place for each day. */
export interface Column {
  values: (number | null)[]
  /** For how many of the day's foods the value is known. */
  known: number[]
}

/** The days that are loaded. */
export interface Days {
  span: Span
  dates: string[]
  foods: number[]
  complete: boolean[]
  columns: ReadonlyMap<string, Column>
}

/** Asks for what is wanted of measures and activities, each once. */
async function loadMeasured(keys: readonly string[], span: Span, dates: readonly string[]): Promise<[string, Column][]> {
  const measures = [...new Set(keys.flatMap((key) => measureIn(key)?.measure ?? []))]
  const asked = measures.map(async (measure) => columnsOf(measure, (await ask(api.GET('/api/v1/measurements', { params: { query: { ...span, measure } } }))).points, dates))
  if (keys.includes(MINUTES) || keys.includes(SPENT)) asked.push(ask(api.GET('/api/v1/activities', { params: { query: span } })).then(({ days }) => activityColumns(days, dates)))
  return (await Promise.all(asked)).flat()
}

class Trends {
  preset = $state<Preset>('30')
  span = $state.raw<Span | null>(null)
  first = $state('energy')
  /** Empty for nothing to compare with. */
  second = $state('')
  /** What of the two is loaded and drawn: until another is there, what was drawn stays. */
  drawn = $state.raw<readonly string[]>(['energy'])
  days = $state.raw<Days | null>(null)
  failure = $state.raw<Problem | null>(null)
  #asked = 0

  constructor() {
    const close = () => {
      this.#asked += 1
      this.days = null
      this.failure = null
    }
    const forget = () => {
      close()
      this.preset = '30'
      this.span = null
      this.first = 'energy'
      this.second = ''
      this.drawn = ['energy']
    }
    heedSession({ close, forget, open: () => {}, turn: forget })
  }

  choose(preset: Preset, today: string): void {
    this.preset = preset
    if (preset !== 'own') this.show(lastDays(today, Number(preset)), today)
  }

  /** Looks at something else; at both values of a pair, where nothing else is to be compared. */
  look(first: string, today: string): void {
    const before = measureIn(this.first)
    const measured = measureIn(first)
    if (before && this.second === lowerKeyOf(before.measure)) this.second = ''
    this.first = first
    if (this.second === '' && measured && !measured.isLower && measureOf(measured.measure)?.isPair) this.second = lowerKeyOf(measured.measure)
    void this.load(today)
  }

  /** Shows a range; what is not loaded yet is. */
  show(span: Span, today: string): void {
    this.span = this.days && this.days.span.from <= span.from && span.to <= this.days.span.to ? span : within(span, windowAround(span, today))
    void this.load(today)
  }

  /** Loads what is wanted and not there. */
  async load(today: string, anew = false): Promise<void> {
    const span = (this.span ??= lastDays(today, Number(this.preset) || 30))
    const asked = ++this.#asked
    this.failure = null
    const here = this.days
    const holds = here !== null && !anew && here.span.from <= span.from && span.to <= here.span.to
    const window = holds ? here.span : windowAround(span, today)
    const wanted = [...new Set([...SHOWN, this.first, this.second])].filter((key) => key !== '' && !(holds && here.columns.has(key)))
    if (wanted.length === 0) return this.#draw()
    try {
      const dates = holds ? here.dates : datesOf(window)
      const summed = wanted.filter(isOfFoods)
      const query = { ...window, nutrients: summed.join(',') }
      const [answer, measured] = await Promise.all([
        holds && summed.length === 0 ? null : ask(api.GET('/api/v1/days', { params: { query } })),
        loadMeasured(wanted.filter((key) => !isOfFoods(key)), window, dates),
      ])
      if (asked !== this.#asked) return
      const columns = new Map([...(holds ? here.columns : []), ...measured])
      if (answer === null) {
        if (here) this.days = { ...here, columns }
        return this.#draw()
      }
      const at = new Map(answer.days.map((day) => [day.date, day]))
      for (const key of summed) {
        columns.set(key, {
          values: dates.map((date) => knownAmount(at.get(date)?.totals[key])),
          known: dates.map((date) => at.get(date)?.totals[key]?.known ?? 0),
        })
      }
      const foods = dates.map((date) => at.get(date)?.foods ?? 0)
      const complete = dates.map((date) => at.get(date)?.complete ?? false)
      this.days = { span: window, dates, foods, complete, columns }
      this.#draw()
    } catch (thrown) {
      if (asked === this.#asked) this.failure = problemOf(thrown)
    }
  }

  #draw(): void {
    this.drawn = [...new Set([this.first, this.second])].filter((key) => key !== '')
  }
}

export const trends = new Trends()
