// Foods from the server. What a person looked up is held for the open page only.

import { api, ask } from '../api/client'
import type { Food, FoodHit } from '../api/types'
import { heedSession } from '../account/session.svelte'

const HITS_MAX = 30
const looked = new Map<string, Promise<Food>>()

export async function findFoods(q: string, signal: AbortSignal): Promise<FoodHit[]> {
  const { foods } = await ask(api.GET('/api/v1/foods', { params: { query: { q, limit: HITS_MAX } }, signal }))
  return foods
}

export function foodOf(id: string): Promise<Food> {
  const found = looked.get(id)
  if (found) return found
  const food = ask(api.GET('/api/v1/foods/{id}', { params: { path: { id } } }))
  looked.set(id, food)
  food.catch(() => looked.delete(id))
  return food
}

/** What is looked up of the library is asked for again once that has changed. */
export function forgetFood(): void {
  for (const id of looked.keys()) if (id.startsWith('own:')) looked.delete(id)
}

const drop = () => looked.clear()
heedSession({ close: drop, forget: drop, open: () => {}, turn: drop })
