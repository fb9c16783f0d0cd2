// The forms about the body that are open, and what has been typed into them.
//
// As those of the diary they live outside their components: a session that runs out does not take typed
// text with it.

import { heedSession } from '../account/session.svelte'
import type { ActivityEntry, CompendiumActivity, Fast, MeasurementEntry, OwnActivity } from '../api/types'
import { typedAmount } from '../figures/amounts'
import { timeOf } from '../figures/dates'
import { shown } from '../figures/shown.svelte'
import { language, locale } from '../messages/index.svelte'
import { body } from './body.svelte'
import { preferredUnit } from './figures'
import { canBe, isOwn, measureOf, parseNumber, SECOND_LEAST, SECOND_MOST } from './measures'
import { toField } from './moments'

export class MeasurementForm {
  readonly date: string
  /** The measurement that is changed; null for a new one. */
  readonly entry: MeasurementEntry | null
  measure = $state('weight')
  unit = $state('')
  value = $state('')
  second = $state('')
  time = $state(timeOf(new Date()))
  note = $state('')

  constructor(date: string, entry: MeasurementEntry | null = null, measure: string | null = null) {
    this.date = date
    this.entry = entry
    if (entry) {
      this.measure = entry.measure
      this.unit = entry.unit
      this.value = typedAmount(entry.value, locale())
      this.second = typeof entry.second === 'number' ? typedAmount(entry.second, locale()) : ''
      this.time = entry.time
      this.note = entry.note ?? ''
    } else this.choose(measure ?? (shown.calm ? 'blood_pressure' : 'weight'))
  }

  choose(measure: string): void {
    this.measure = measure
    const known = measureOf(measure)
    this.unit = known ? preferredUnit(known) : (body.ownMeasures.value?.find(({ id }) => `own:${id}` === measure)?.unit ?? '')
    this.value = this.second = ''
  }

  get number(): number | null {
    const number = parseNumber(this.value)
    const known = measureOf(this.measure)
    return known && !canBe(known, this.unit, number) ? null : number
  }

  get isPair(): boolean {
    return measureOf(this.measure)?.isPair ?? false
  }

  /** The lower value of a pair; null while it is missing or cannot be true. */
  get lower(): number | null {
    const [upper, lower] = [this.number, parseNumber(this.second)]
    return lower !== null && SECOND_LEAST <= lower && lower <= SECOND_MOST && (upper === null || lower < upper) ? lower : null
  }

  /** What an own measure is called; null for those that everybody has. */
  get ownName(): string | null {
    if (!isOwn(this.measure)) return null
    if (this.entry?.measure === this.measure) return this.entry.name ?? null
    return body.ownMeasures.value?.find(({ id }) => `own:${id}` === this.measure)?.name ?? null
  }
}

/** An activity that was chosen, of the compendium or of one's own. */
export interface Chosen {
  /** The code, or `own:` and a number; null where it is only a name. */
  key: string | null
  name: string
  met: number | null
}

export const nameIn = (activity: { name: string; name_de?: string | null }): string => (language() === 'de' ? (activity.name_de ?? activity.name) : activity.name)
export const ofCompendium = (activity: CompendiumActivity): Chosen => ({ key: activity.code, name: nameIn(activity), met: activity.met })
export const ofOwn = (activity: OwnActivity): Chosen => ({ key: `own:${activity.id}`, name: activity.name, met: activity.met ?? null })

export class ActivityForm {
  readonly date: string
  readonly entry: ActivityEntry | null
  chosen = $state.raw<Chosen | null>(null)
  query = $state('')
  minutes = $state('30')
  met = $state('')
  /** In the person's unit. */
  weight = $state('')
  /** The energy as a device measured it, in the person's unit. */
  energy = $state('')
  how = $state<'computed' | 'measured'>('computed')
  time = $state(timeOf(new Date()))
  note = $state('')

  constructor(date: string, entry: ActivityEntry | null = null) {
    this.date = date
    this.entry = entry
    const typed = (value: number, decimals: number) => typedAmount(Number(value.toFixed(decimals)), locale())
    if (entry) {
      this.chosen = { key: entry.activity ?? null, name: nameIn(entry), met: entry.met ?? null }
      this.minutes = typedAmount(entry.minutes, locale())
      this.how = typeof entry.met === 'number' ? 'computed' : 'measured'
      if (typeof entry.met === 'number') this.met = typed(entry.met, 1)
      if (typeof entry.weight_kg === 'number') this.weight = typed(shown.weightNumber(entry.weight_kg), 1)
      if (this.how === 'measured') this.energy = typed(shown.energyNumber(entry.kcal), 0)
      this.time = entry.time
      this.note = entry.note ?? ''
    } else void this.#takeWeight()
  }

  /** The weight of the last measurement. */
  async #takeWeight(): Promise<void> {
    await body.latest.load()
    const kg = body.weightKg
    if (kg !== null && this.weight === '') this.weight = typedAmount(Number(shown.weightNumber(kg).toFixed(1)), locale())
  }

  choose(chosen: Chosen): void {
    this.chosen = chosen
    this.met = chosen.met === null ? '' : typedAmount(chosen.met, locale())
    if (chosen.met === null && this.how === 'computed') this.met = ''
  }

  get minutesNumber(): number | null {
    const minutes = parseNumber(this.minutes)
    return minutes !== null && 0 < minutes && minutes <= 1_500 ? minutes : null
  }

  get metNumber(): number | null {
    const met = parseNumber(this.met)
    return met !== null && 1 <= met && met <= 25 ? met : null
  }

  get weightKg(): number | null {
    const weight = parseNumber(this.weight)
    const kg = weight === null ? null : shown.kgOf(weight)
    return kg !== null && 0.3 <= kg && kg <= 650 ? kg : null
  }

  get kcal(): number | null {
    const energy = parseNumber(this.energy)
    const kcal = energy === null ? null : shown.kcalOf(energy)
    return kcal !== null && 0 <= kcal && kcal <= 20_000 ? kcal : null
  }
}

export class FastForm {
  readonly fast: Fast | null
  begins = $state('')
  ends = $state('')
  /** A fast that is over; otherwise it runs. */
  isOver = $state(false)
  goal = $state('16')

  constructor(fast: Fast | null = null, isOver = false) {
    this.fast = fast
    this.isOver = fast ? Boolean(fast.ends) : isOver
    const before = new Date(Date.now() - (isOver ? 16 * 3_600_000 : 0))
    this.begins = toField(fast?.begins.at ?? before)
    this.ends = fast?.ends ? toField(fast.ends.at) : toField(new Date())
    if (fast) this.goal = typeof fast.goal_hours === 'number' ? typedAmount(fast.goal_hours, locale()) : ''
  }
}

class BodyForms {
  measurement = $state.raw<MeasurementForm | null>(null)
  activity = $state.raw<ActivityForm | null>(null)
  fast = $state.raw<FastForm | null>(null)

  constructor() {
    heedSession({ close: () => {}, forget: () => this.closeAll(), open: () => {}, turn: () => this.closeAll() })
  }

  get isOpen(): boolean {
    return Boolean(this.measurement ?? this.activity ?? this.fast)
  }

  /** Whether typed text waits in a form. */
  get hasTyped(): boolean {
    return Boolean(this.measurement?.value || this.activity?.chosen || this.fast)
  }

  closeAll(): void {
    this.measurement = this.activity = this.fast = null
  }
}

export const bodyForms = new BodyForms()
