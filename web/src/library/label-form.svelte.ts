// An own food while it is typed. It lives outside its component, so that a session that runs out keeps it.

import type { Nutrient, OwnFood, SentItem } from '../api/types'
import { uuidV7 } from '../api/uuid'
import { typedAmount } from '../figures/amounts'
import { locale, t } from '../messages/index.svelte'
import { nutrients } from '../sums/nutrients.svelte'
import { statedNumber } from './numbers'

export type Shape = OwnFood['label']['shape']
export const SHAPES = ['eu', 'us', 'ca', 'au', 'table'] as const satisfies readonly Shape[]

/** The lines of each label in the order in which it prints them, with their usual units. */
const USUAL: Record<Shape, string> = {
  eu: 'energy:kJ fat:g saturated:g carbohydrate:g sugars:g fiber:g protein:g salt:g',
  us: 'energy:kcal fat:g saturated:g trans_fat:g cholesterol:mg sodium:mg carbohydrate:g fiber:g sugars:g sugars_added:g protein:g vitamin_d:µg calcium:mg iron:mg potassium:mg',
  ca: 'energy:kcal fat:g saturated:g trans_fat:g carbohydrate:g fiber:g sugars:g protein:g cholesterol:mg sodium:mg potassium:mg calcium:mg iron:mg',
  au: 'energy:kJ protein:g fat:g saturated:g carbohydrate:g sugars:g sodium:mg',
  table: 'energy:kcal protein:g fat:g carbohydrate:g fiber:g sugars:g sodium:mg',
}
const OF_SUPPLEMENTS = 'vitamin_a:µg vitamin_b6:mg folic_acid:µg vitamin_b12:µg vitamin_c:mg vitamin_d:µg vitamin_e:mg calcium:mg iron:mg magnesium:mg selenium:µg zinc:mg'

interface Line {
  key: string
  text: string
  unit: string
}

interface PortionLine {
  seq: number
  name: string
  grams: string
}

function linesOf(text: string): Line[] {
  return text.split(' ').map((each) => {
    const [key = '', unit = ''] = each.split(':')
    return { key, unit, text: '' }
  })
}

/** The units in which a line can be stated. */
export function unitsOf(key: string, shape: Shape): string[] {
  if (key === 'energy') return ['kcal', 'kJ']
  if (key === 'salt') return ['g', 'mg']
  const international: Record<string, string[]> = { vitamin_a: ['IU', 'IU other'], vitamin_d: ['IU'], vitamin_e: ['IU', 'IU other'] }
  return ['g', 'mg', 'µg', ...(international[key] ?? []), ...(shape === 'us' || shape === 'ca' ? ['%DV'] : [])]
}

export class FoodForm {
  readonly id: string
  readonly isNew: boolean
  name = $state('')
  maker = $state('')
  supplement = $state(false)
  shape = $state<Shape>('eu')
  amount = $state('100')
  unit = $state<'g' | 'ml'>('g')
  density = $state('')
  lines = $state<Line[]>(linesOf(USUAL.eu))
  portions = $state<PortionLine[]>([])
  note = $state('')
  archived = false

  constructor(id: string = uuidV7(), food: OwnFood | null = null) {
    this.id = id
    this.isNew = food === null
    if (food) this.#fill(food)
  }

  #fill({ name, maker, supplement, label, portions, note, archived }: OwnFood): void {
    const typed = (amount: number) => typedAmount(amount, locale())
    this.name = name
    this.maker = maker ?? ''
    this.supplement = supplement ?? false
    this.shape = label.shape
    this.amount = typed(label.amount)
    this.unit = label.unit
    this.density = label.grams_per_ml ? typed(label.grams_per_ml) : ''
    this.lines = label.lines.map(({ key, amount, unit }) => ({ key, unit, text: typed(amount) }))
    this.portions = (portions ?? []).map(({ seq, name: called, grams }) => ({ seq, name: called, grams: typed(grams) }))
    this.note = note ?? ''
    this.archived = archived ?? false
  }

  /** Another label has other lines; what was typed stays. */
  choose(shape: Shape): void {
    this.shape = shape
    this.#layOut()
  }

  /** A supplement is typed by the capsule, which counts as 1 g unless somebody knows better. */
  toggleSupplement(yes: boolean): void {
    this.supplement = yes
    this.unit = 'g'
    this.amount = yes ? '1' : '100'
    this.#layOut()
  }

  #layOut(): void {
    const typed = this.lines.filter(({ text }) => text.trim() !== '')
    const usual = linesOf(this.supplement ? OF_SUPPLEMENTS : USUAL[this.shape])
    const fits = ({ key, unit }: Line) => (unitsOf(key, this.shape).includes(unit) ? unit : (unitsOf(key, this.shape)[0] ?? 'g'))
    const known = usual.map((line) => typed.find(({ key }) => key === line.key) ?? line)
    const others = typed.filter(({ key }) => usual.every((line) => line.key !== key))
    this.lines = [...known, ...others].map((line) => ({ ...line, unit: fits(line) }))
  }

  addLine(key: string): void {
    const unit = nutrients.find(key)?.unit ?? 'g'
    this.lines = [...this.lines, { key, unit, text: '' }]
  }

  /** Nutrients that have no line yet. */
  others(all: readonly Nutrient[]): Nutrient[] {
    return all.filter(({ key }) => key !== 'net_carbs' && this.lines.every((line) => line.key !== key))
  }

  addPortion(): void {
    const seq = Math.max(0, ...this.portions.map((each) => each.seq)) + 1
    this.portions = [...this.portions, { seq, name: '', grams: '' }]
  }

  /** The lines that are no numbers. */
  get wrongLines(): string[] {
    return this.lines.filter(({ text }) => Number.isNaN(statedNumber(text))).map(({ key }) => key)
  }

  get number(): number {
    return statedNumber(this.amount) ?? NaN
  }

  /** As it is sent; null while a number is wrong. */
  get item(): SentItem | null {
    if (this.wrongLines.length > 0 || !(this.number > 0)) return null
    const lines = this.lines.flatMap(({ key, unit, text }) => {
      const amount = statedNumber(text)
      return amount === null ? [] : [{ key, unit, amount }]
    })
    const density = this.unit === 'ml' ? statedNumber(this.density) : null
    if (Number.isNaN(density)) return null
    const label = { shape: this.shape, amount: this.number, unit: this.unit, lines, ...(density === null ? {} : { grams_per_ml: density }) }
    const portions = this.#portions(this.number * (density ?? 1))
    if (!portions) return null
    const { name, maker, supplement, note, archived } = this
    return { kind: 'food', name, maker, supplement, label, portions, note, archived }
  }

  /** Those typed, and the serving or capsule that the label is for. */
  #portions(grams: number): NonNullable<OwnFood['portions']> | null {
    const typed = this.portions.filter(({ name, grams: weighs }) => name.trim() !== '' || weighs.trim() !== '')
    const portions = typed.map(({ seq, name, grams: weighs }) => ({ seq, name, grams: statedNumber(weighs) ?? NaN }))
    if (portions.some((each) => !(each.grams > 0) || each.name.trim() === '')) return null
    if (portions.length > 0 || (this.number === 100 && !this.supplement)) return portions
    return [{ seq: 1, name: this.supplement ? t().library.food.oneCapsule : t().library.food.serving, grams }]
  }
}
