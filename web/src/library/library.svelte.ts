// The library of the diary that is open: own foods, recipes, meals, favourites, and what is eaten lately.
//
// It is asked for when something shows it, and held while the session is open.

import { heedSession } from '../account/session.svelte'
import { api, ask } from '../api/client'
import { problemOf, type Problem } from '../api/problem'
import type { EatenFood, FoodHit, Library, MealLine, SentItem } from '../api/types'
import { dayOf } from '../figures/dates'
import { forgetFood } from '../foods/catalogue'
import { t } from '../messages/index.svelte'
import { rights } from '../sharing/rights.svelte'
import { atHand } from './rank'

const MEAL = 'meal:'

class LibraryOfThePerson {
  view = $state.raw<Library | null>(null)
  failure = $state.raw<Problem | null>(null)
  eaten = $state.raw<readonly EatenFood[]>([])
  #asked = false
  #eatenAsked = false

  constructor() {
    const drop = () => {
      this.view = null
      this.failure = null
      this.eaten = []
      this.#asked = this.#eatenAsked = false
    }
    heedSession({ close: drop, forget: drop, open: () => {}, turn: drop })
  }

  /** Asks for it once. */
  want(): void {
    if (!this.#asked && rights.see('library')) void this.load()
    if (!this.#eatenAsked && !rights.visited) void this.loadEaten()
  }

  async load(): Promise<void> {
    this.#asked = true
    this.failure = null
    try {
      this.view = await ask(api.GET('/api/v1/library'))
    } catch (thrown) {
      this.#asked = false
      this.failure = problemOf(thrown)
    }
  }

  async loadEaten(): Promise<void> {
    this.#eatenAsked = true
    const answer = await ask(api.GET('/api/v1/eaten', { params: { query: { to: dayOf(new Date()) } } })).catch(() => null)
    if (answer) this.eaten = answer.foods
    else this.#eatenAsked = false
  }

  /** Something was recorded: it is eaten lately from now on. */
  ate(): void {
    this.#eatenAsked = false
  }

  get mayWrite(): boolean {
    return rights.write('library')
  }

  /** Own foods and recipes that are offered. */
  get foods(): FoodHit[] {
    return (this.view?.foods ?? [])
      .filter(({ archived }) => !archived)
      .map(({ food, name, maker, source, energy_kcal }) => ({
        id: food,
        name,
        group: maker,
        source: t().library.sources[source] ?? source,
        energy_kcal: energy_kcal ?? null,
      }))
  }

  get meals(): FoodHit[] {
    const all = (this.view?.meals ?? []).filter(({ archived }) => !archived)
    return all.map(({ id, name, parts }) => ({ id: MEAL + id, name, group: '', source: t().library.add.meal(parts.length), energy_kcal: null }))
  }

  get favourites(): FoodHit[] {
    return (this.view?.favourites ?? []).map(({ food, name, source, energy_kcal }) => ({
      id: food,
      name,
      group: '',
      source: t().library.sources[source] ?? source,
      energy_kcal: energy_kcal ?? null,
    }))
  }

  /** What was eaten lately, the newest first. */
  get recent(): FoodHit[] {
    return this.eaten.map(hitOf)
  }

  /** What was eaten lately and often. */
  get often(): FoodHit[] {
    return atHand(this.eaten, dayOf(new Date())).map(hitOf)
  }

  /** Everything that is the person's own, for ranking it first. */
  get own(): FoodHit[] {
    const all = [...this.often, ...this.favourites, ...this.foods, ...this.meals]
    const seen = new Set<string>()
    return all.filter(({ id }) => !seen.has(id) && seen.add(id))
  }

  mealOf(hit: FoodHit): MealLine | undefined {
    return hit.id.startsWith(MEAL) ? this.view?.meals.find(({ id }) => MEAL + id === hit.id) : undefined
  }

  /** How much of a food was eaten the last time. */
  lastOf(food: string): EatenFood | undefined {
    return this.eaten.find(({ id }) => id === food)
  }

  isFavourite(food: string): boolean {
    return this.view?.favourites.some((each) => each.food === food) ?? false
  }

  async favour(food: string, yes: boolean): Promise<void> {
    const params = { params: { path: { food } } }
    await ask(yes ? api.PUT('/api/v1/library/favourites/{food}', params) : api.DELETE('/api/v1/library/favourites/{food}', params))
    await this.load()
  }

  async put(id: string, item: SentItem): Promise<void> {
    await ask(api.PUT('/api/v1/library/{id}', { params: { path: { id } }, body: item }))
    await this.#changed()
  }

  async putSeveral(items: { id: string; item: SentItem }[]): Promise<void> {
    this.view = await ask(api.POST('/api/v1/library', { body: { items } }))
    forgetFood()
  }

  async archive(id: string, archived: boolean): Promise<void> {
    await ask(api.PATCH('/api/v1/library/{id}', { params: { path: { id } }, body: { archived } }))
    await this.#changed()
  }

  async remove(id: string): Promise<void> {
    await ask(api.DELETE('/api/v1/library/{id}', { params: { path: { id } } }))
    await this.#changed()
  }

  async #changed(): Promise<void> {
    forgetFood()
    await this.load()
  }
}

function hitOf({ id, name, source, energy_kcal }: EatenFood): FoodHit {
  return { id, name, group: '', source: t().library.sources[source] ?? source, energy_kcal: energy_kcal ?? null }
}

export const library = new LibraryOfThePerson()
