// A recipe while it is put together.

import type { FoodHit, LibraryItem, Portion, SentItem } from '../api/types'
import { uuidV7 } from '../api/uuid'
import { gramsOf, parseAmount, typedAmount } from '../figures/amounts'
import { findFoods, foodOf } from '../foods/catalogue'
import { FoodSearch } from '../foods/search.svelte'
import { locale, t } from '../messages/index.svelte'
import { library } from './library.svelte'
import { matches, ranked } from './rank'
import { gramsOfLine, searchOfLine, type ReadRecipe } from './recipe-file'

interface PartLine {
  key: string
  food: string
  name: string
  amount: string
  /** Empty means grams. */
  portionSeq: string
  portions: readonly Portion[]
  missing: boolean
}

/** A line of an imported recipe, until somebody says which food it is. */
export interface OpenLine {
  text: string
  state: 'open' | 'matched' | 'left'
  as: string
}

type Recipe = Extract<LibraryItem['item'], { kind: 'recipe' }>

export class RecipeForm {
  readonly id: string
  readonly isNew: boolean
  readonly search: FoodSearch
  name = $state('')
  parts = $state<PartLine[]>([])
  cooked = $state('')
  portions = $state('1')
  portionName = $state(t().library.recipe.portionUsual)
  steps = $state('')
  from = $state('')
  lines = $state<OpenLine[]>([])
  /** The imported line that the search is for. */
  matching = $state<number | null>(null)
  archived = false

  constructor(id: string = uuidV7(), recipe: Recipe | null = null) {
    this.id = id
    this.isNew = recipe === null
    // A recipe is no part of itself.
    const others = () => library.own.filter((hit) => hit.id !== `own:${id}` && !library.mealOf(hit))
    this.search = new FoodSearch(async (query, signal) => {
      const own = others()
      const found = await findFoods(query, signal)
      return own.some(({ name }) => matches(name, query)) ? ranked(own, found, query) : found
    })
    if (recipe) this.#fill(recipe)
  }

  #fill(recipe: Recipe): void {
    const typed = (amount: number) => typedAmount(amount, locale())
    this.name = recipe.name
    this.parts = recipe.parts.map(({ food, name, amount, portion, missing }) => ({
      key: uuidV7(),
      food,
      name,
      amount: typed(amount),
      portionSeq: portion ? String(portion.seq) : '',
      portions: portion ? [portion] : [],
      missing: missing ?? false,
    }))
    this.cooked = recipe.cooked_grams ? typed(recipe.cooked_grams) : ''
    this.portions = typed(recipe.portions)
    this.portionName = recipe.portion_name
    this.steps = recipe.steps
    this.from = recipe.from
    this.archived = recipe.archived
    for (const part of this.parts.filter(({ missing }) => !missing)) void this.#portionsOf(part.key, part.food)
  }

  /** Takes over what was read; its lines wait for somebody to say which foods they are. */
  import(read: ReadRecipe): void {
    this.name = read.name
    this.portions = typedAmount(read.portions, locale())
    this.steps = [...read.lines, '', read.steps].join('\n').trim()
    this.from = read.from
    this.lines = read.lines.map((text) => ({ text, state: 'open', as: '' }))
    this.matchNext()
  }

  match(at: number): void {
    const line = this.lines[at]
    if (!line) return
    this.matching = at
    this.search.type(searchOfLine(line.text))
  }

  leaveOut(at: number): void {
    this.lines = this.lines.map((line, index) => (index === at ? { ...line, state: 'left' } : line))
    this.matchNext()
  }

  matchNext(): void {
    const next = this.lines.findIndex(({ state }) => state === 'open')
    if (next >= 0) this.match(next)
    else {
      this.matching = null
      this.search.clear()
    }
  }

  async add(hit: FoodHit): Promise<void> {
    const key = uuidV7()
    const line = this.matching === null ? undefined : this.lines[this.matching]
    const grams = line ? gramsOfLine(line.text) : null
    this.parts = [...this.parts, { key, food: hit.id, name: hit.name, amount: typedAmount(grams ?? 100, locale()), portionSeq: '', portions: [], missing: false }]
    if (this.matching !== null) {
      const at = this.matching
      this.lines = this.lines.map((each, index) => (index === at ? { ...each, state: 'matched', as: hit.name } : each))
      this.matchNext()
    } else this.search.clear()
    await this.#portionsOf(key, hit.id)
  }

  remove(key: string): void {
    this.parts = this.parts.filter((part) => part.key !== key)
  }

  async #portionsOf(key: string, food: string): Promise<void> {
    const found = await foodOf(food).catch(() => null)
    if (found) this.parts = this.parts.map((part) => (part.key === key ? { ...part, portions: found.portions } : part))
  }

  /** What the ingredients weigh together. */
  get grams(): number {
    return this.parts.reduce((sum, { amount, portionSeq, portions }) => {
      const portion = portions.find(({ seq }) => String(seq) === portionSeq) ?? null
      return sum + gramsOf(parseAmount(amount) ?? 0, portion)
    }, 0)
  }

  /** As it is sent; null while something is missing. */
  get item(): SentItem | null {
    const portions = parseAmount(this.portions)
    const cooked = this.cooked.trim() === '' ? null : parseAmount(this.cooked)
    const parts = this.parts.map(({ food, amount, portionSeq }) => ({ food, amount: parseAmount(amount) ?? 0, ...(portionSeq ? { portion: Number(portionSeq) } : {}) }))
    const whole = parts.length > 0 && parts.every(({ amount }) => amount > 0)
    if (!whole || portions === null || (this.cooked.trim() !== '' && cooked === null) || this.portionName.trim() === '') return null
    const { name, portionName: portion_name, steps, from, archived } = this
    return { kind: 'recipe', name, parts, portions, portion_name, steps, from, archived, ...(cooked === null ? {} : { cooked_grams: cooked }) }
  }
}
