// What the page of the report holds: the range, what is on the sheet, and what was typed for this sheet only.

import { api, ask } from '../api/client'
import { problemOf, type Problem } from '../api/problem'
import type { Measured, Report } from '../api/types'
import { heedSession } from '../account/session.svelte'
import { rights } from '../sharing/rights.svelte'
import { datesOf, lastDays, lengthOf, type Span } from '../trends/span'
import type { NoteOfDay } from './sheet'

export const PRESETS = ['day', '7', '30', '90', 'own'] as const
export type Preset = (typeof PRESETS)[number]

/** Notes are read a day at a time. */
export const NOTES_DAYS_MAX = 31

class ReportOfTheDiary {
  preset = $state<Preset>('30')
  span = $state.raw<Span | null>(null)
  report = $state.raw<Report | null>(null)
  measured = $state.raw<readonly Measured[]>([])
  notes = $state.raw<readonly NoteOfDay[]>([])
  failure = $state.raw<Problem | null>(null)
  name = $state('')
  remark = $state('')
  full = $state(true)
  withMeasures = $state(true)
  withNotes = $state(false)
  #asked = 0

  constructor() {
    const close = () => {
      this.#asked += 1
      this.report = null
      this.measured = []
      this.notes = []
      this.failure = null
    }
    const forget = () => {
      close()
      this.preset = '30'
      this.span = null
      this.name = this.remark = ''
      this.full = this.withMeasures = true
      this.withNotes = false
    }
    heedSession({ close, forget, open: () => {}, turn: forget })
  }

  get mayHaveNotes(): boolean {
    return rights.see('notes') && this.span !== null && lengthOf(this.span) <= NOTES_DAYS_MAX
  }

  choose(preset: Preset, day: string): void {
    this.preset = preset
    if (preset === 'own') return
    this.show(preset === 'day' ? { from: day, to: day } : lastDays(day, Number(preset)))
  }

  show(span: Span): void {
    this.span = span
    void this.load(span.to)
  }

  async load(today: string): Promise<void> {
    const span = (this.span ??= lastDays(today, 30))
    const asked = ++this.#asked
    this.failure = null
    try {
      const [report, measured] = await Promise.all([ask(api.GET('/api/v1/report', { params: { query: span } })), this.#measures(span)])
      if (asked !== this.#asked) return
      this.report = report
      this.measured = measured
      this.notes = []
      if (this.withNotes && this.mayHaveNotes) await this.loadNotes()
    } catch (thrown) {
      if (asked === this.#asked) this.failure = problemOf(thrown)
    }
  }

  /** All of each measure that was measured in the range. */
  async #measures(span: Span): Promise<Measured[]> {
    if (!rights.see('body')) return []
    const { points } = await ask(api.GET('/api/v1/measurements', { params: { query: span } }))
    const all = points.map(({ measure }) => ask(api.GET('/api/v1/measurements', { params: { query: { ...span, measure } } })))
    return (await Promise.all(all)).flatMap(({ points: each }) => each)
  }

  /** One day after the other, in their order. */
  async loadNotes(): Promise<void> {
    const span = this.span
    if (!span || !this.mayHaveNotes) return
    const asked = this.#asked
    const notes: NoteOfDay[] = []
    try {
      for (const date of datesOf(span).filter((date) => rights.see('notes', date))) {
        const { entries } = await ask(api.GET('/api/v1/days/{date}', { params: { path: { date } } }))
        if (asked !== this.#asked) return
        notes.push(...entries.flatMap((entry) => (entry.kind === 'note' ? [{ date, time: entry.time, text: entry.text }] : [])))
      }
      this.notes = notes
    } catch (thrown) {
      if (asked === this.#asked) this.failure = problemOf(thrown)
    }
  }
}

export const report = new ReportOfTheDiary()
