// The forms that are open over the diary, and what has been typed into them.
//
// They live outside their components, so that a session that runs out does not take typed text with it:
// the same person finds the form as it was.

import { heedSession } from '../account/session.svelte'
import type { Entry, Food, FoodEntry, FoodHit, MealGroup, Portion } from '../api/types'
import { gramsOf, parseAmount, typedAmount } from '../figures/amounts'
import { groupAt, timeOf, zone } from '../figures/dates'
import { findFoods, foodOf } from '../foods/catalogue'
import { FoodSearch } from '../foods/search.svelte'
import { library } from '../library/library.svelte'
import { matches, ranked } from '../library/rank'
import { locale, t } from '../messages/index.svelte'
import { diary } from './diary.svelte'
import type { Eaten } from './entries'

/** How much of a food: an amount of one of its portions, or grams. Shared by adding and changing. */
export class Measure {
  food = $state.raw<Food | null>(null)
  amount = $state('')
  /** The `seq` of a portion as the select holds it; empty means grams. */
  portionSeq = $state('')

  get portion(): Portion | null {
    return this.food?.portions.find(({ seq }) => String(seq) === this.portionSeq) ?? null
  }

  get number(): number | null {
    return parseAmount(this.amount)
  }

  get grams(): number | null {
    return this.number === null ? null : gramsOf(this.number, this.portion)
  }

  /** An amount of a nutrient in what is chosen, or null when either is not known. */
  nutrient(key: string): number | null {
    const value = this.food?.nutrients[key]
    return value && this.grams !== null ? (value.amount * this.grams) / 100 : null
  }

  /** As much as the last time; else one of the first household measure, or 100 grams where there is none. */
  startWith(food: Food, last?: { amount: number; portion?: number | null }): void {
    const first = food.portions[0]
    this.food = food
    const portion = food.portions.find(({ seq }) => seq === last?.portion)
    if (last && (portion || typeof last.portion !== 'number')) {
      this.portionSeq = portion ? String(portion.seq) : ''
      this.amount = typedAmount(last.amount, locale())
      return
    }
    this.portionSeq = first ? String(first.seq) : ''
    this.amount = first ? '1' : '100'
  }

  /** Keeps the weight when the person goes over to grams, and starts at one otherwise. */
  choosePortion(seq: string): void {
    const grams = this.grams
    this.portionSeq = seq
    if (seq !== '') this.amount = '1'
    else if (grams !== null) this.amount = typedAmount(grams, locale())
  }
}

export const ADD_TABS = ['all', 'recent', 'favourites', 'mine'] as const
export type AddTab = (typeof ADD_TABS)[number]

export class AddForm {
  readonly search = new FoodSearch((query, signal) => this.#find(query, signal))
  readonly measure = new Measure()
  /** Where to look. */
  tab = $state<AddTab>('all')
  /** The hit that was chosen; its food follows. */
  hit = $state.raw<FoodHit | null>(null)
  loadFailed = $state(false)
  group = $state<MealGroup>('snacks')
  time = $state('')
  stay = $state(false)
  lastAdded = $state<string | null>(null)
  readonly date: string

  constructor(date: string, group: MealGroup | null) {
    this.date = date
    this.time = timeOf(new Date())
    this.group = group ?? groupAt(this.time)
  }

  /** What one's own names match stays on the device; the catalogue is asked for the tab of all alone. */
  async #find(query: string, signal: AbortSignal): Promise<FoodHit[]> {
    if (this.tab !== 'all') return this.lately.filter(({ name }) => matches(name, query))
    return ranked(library.own, await findFoods(query, signal), query)
  }

  /** What stands there before anything is typed. */
  get lately(): readonly FoodHit[] {
    switch (this.tab) {
      case 'all':
        return library.often.length > 0 ? library.often : diary.lately
      case 'recent':
        return library.recent.length > 0 ? library.recent : diary.lately
      case 'favourites':
        return library.favourites
      case 'mine':
        return [...library.foods, ...library.meals]
    }
  }

  get latelyTitle(): string {
    const words = t().library.add
    return { all: words.often, recent: words.recent, favourites: words.favourites, mine: words.mine }[this.tab]
  }

  get latelyNone(): string {
    const words = t().library.add
    return { all: t().add.start, recent: words.noRecent, favourites: words.noFavourites, mine: words.noMine }[this.tab]
  }

  look(tab: AddTab): void {
    this.tab = tab
    this.search.again()
  }

  async choose(hit: FoodHit): Promise<void> {
    this.hit = hit
    if (library.mealOf(hit)) return
    this.lastAdded = null
    this.loadFailed = false
    this.measure.food = null
    try {
      const food = await foodOf(hit.id)
      if (this.hit === hit) this.measure.startWith(food, library.lastOf(hit.id))
    } catch {
      if (this.hit === hit) this.loadFailed = true
    }
  }

  chooseAgain(): void {
    this.hit = null
    this.measure.food = null
  }

  /** What would be added, or null while something is missing. */
  get eaten(): Eaten | null {
    const { food, number, portion } = this.measure
    if (!food || number === null || this.time === '') return null
    return { food, amount: number, portion, group: this.group, time: this.time, zone: zone() }
  }

  startOver(): void {
    this.lastAdded = this.hit?.name ?? null
    this.chooseAgain()
    this.search.clear()
  }
}

export type Verb = 'change' | 'move' | 'copy'

/** Changing, moving or copying one entry. */
export class EntryForm {
  readonly verb: Verb
  readonly entry: Entry
  readonly from: string
  readonly measure = new Measure()
  day = $state('')
  group = $state<MealGroup>('snacks')
  time = $state('')
  ml = $state('')
  text = $state('')
  loadFailed = $state(false)

  constructor(verb: Verb, entry: Entry, from: string) {
    this.verb = verb
    this.entry = entry
    this.from = from
    this.day = from
    this.time = entry.time
    if (entry.kind === 'water') this.ml = String(entry.ml)
    if (entry.kind === 'note') this.text = entry.text
    if (entry.kind === 'food') {
      this.group = entry.group
      this.#measureOf(entry)
      void this.loadFood()
    }
  }

  async loadFood(): Promise<void> {
    if (this.entry.kind !== 'food' || this.entry.quick) return
    this.loadFailed = false
    try {
      this.measure.food = await foodOf(this.entry.food.id)
    } catch {
      this.loadFailed = true
    }
  }

  #measureOf(entry: FoodEntry): void {
    this.measure.amount = typedAmount(entry.amount, locale())
    this.measure.portionSeq = entry.portion ? String(entry.portion.seq) : ''
  }
}

export class NoteForm {
  text = $state('')
  time = $state(timeOf(new Date()))
  readonly date: string
  constructor(date: string) {
    this.date = date
  }
}

export class WaterForm {
  ml = $state('')
  time = $state(timeOf(new Date()))
  readonly date: string
  constructor(date: string) {
    this.date = date
  }
}

/** The numbers of a quick entry, by the name that the server gives them. */
export const QUICK = ['energy_kcal', 'protein_g', 'carbohydrate_g', 'fat_g', 'fiber_g', 'alcohol_g'] as const
export type QuickKey = (typeof QUICK)[number]

/** Numbers without a food. */
export class QuickForm {
  name = $state('')
  numbers = $state<Record<QuickKey, string>>({ energy_kcal: '', protein_g: '', carbohydrate_g: '', fat_g: '', fiber_g: '', alcohol_g: '' })
  group = $state<MealGroup>('snacks')
  time = $state('')
  readonly date: string
  readonly entry: FoodEntry | null

  constructor(date: string, group: MealGroup | null, entry: FoodEntry | null) {
    this.date = date
    this.entry = entry
    this.time = entry?.time ?? timeOf(new Date())
    this.group = entry?.group ?? group ?? groupAt(this.time)
    if (!entry?.quick) return
    this.name = entry.quick.name
    for (const key of QUICK) {
      const amount = entry.quick[key]
      if (typeof amount === 'number') this.numbers[key] = typedAmount(amount, locale())
    }
  }
}

class Forms {
  add = $state.raw<AddForm | null>(null)
  entry = $state.raw<EntryForm | null>(null)
  note = $state.raw<NoteForm | null>(null)
  water = $state.raw<WaterForm | null>(null)
  copyYesterday = $state(false)
  /** What is done with the marked entries, and numbers without a food. */
  selected = $state<'copy' | 'move' | 'meal' | 'repeat' | null>(null)
  quick = $state.raw<QuickForm | null>(null)
  keys = $state(false)

  constructor() {
    heedSession({ close: () => {}, forget: () => this.closeAll(), open: () => {}, turn: () => this.closeAll() })
  }

  /** Whether typed text waits in a form. */
  get hasTyped(): boolean {
    return Boolean(this.add?.hit ?? this.entry ?? this.quick ?? (this.note?.text || this.water?.ml))
  }

  openAdd(group: MealGroup | null = null): void {
    this.add = new AddForm(diary.date, group)
  }

  /** Numbers without a food: new ones, or those of an entry. */
  openQuick(group: MealGroup | null = null, entry: FoodEntry | null = null): void {
    this.add = null
    this.quick = new QuickForm(diary.date, group, entry)
  }

  openNote(): void {
    this.note = new NoteForm(diary.date)
  }

  closeAll(): void {
    this.add = this.entry = this.note = this.water = null
    this.quick = this.selected = null
    this.copyYesterday = this.keys = false
  }
}

export const forms = new Forms()
