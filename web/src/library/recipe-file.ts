// Recipes as text: schema.org's Recipe, which most pages with a recipe carry, and our own file, which is the
// same with what a copy needs besides. Everything is read here, in the page; nothing is fetched.

import { uuidV7 } from '../api/uuid'
import type { LibraryItem, SentIngredient, SentItem } from '../api/types'

/** A recipe that was read: its lines are text, until somebody says which foods they are. */
export interface ReadRecipe {
  name: string
  portions: number
  steps: string
  from: string
  lines: string[]
  /** Of our own file: the recipe last, what it is made of before it. */
  items: Placed[]
}

export interface Placed {
  id: string
  item: SentItem
}

const LINES_MAX = 100

type Json = Record<string, unknown>
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
const isRecipe = (value: Json) => [value['@type']].flat().includes('Recipe')

/** The first recipe in a text; null where there is none. */
export function readRecipe(text: string): ReadRecipe | null {
  const found = jsonsIn(text).map(recipeIn).find((recipe) => recipe !== null)
  if (!found) return null
  const name = plain(found['name'])
  const items = isObject(found['keepwell']) ? placedOf(found['keepwell']['items']) : []
  return {
    name: name.slice(0, 200),
    portions: Math.min(1000, Math.max(1, Number(/\d+/.exec(plain([found['recipeYield']].flat()[0]))?.[0] ?? 1))),
    steps: stepsOf(found['recipeInstructions']).slice(0, 20_000),
    from: (plain(found['url']) || plain(isObject(found['author']) ? found['author']['name'] : found['author'])).slice(0, 200),
    lines: [found['recipeIngredient'] ?? found['ingredients'] ?? []].flat().map(plain).filter(Boolean).slice(0, LINES_MAX),
    items,
  }
}

/** The text itself, or the blocks of JSON in a page's source. */
function jsonsIn(text: string): unknown[] {
  const blocks = [...text.matchAll(/<script[^>]*application\/ld\+json[^>]*>([\s\S]*?)<\/script>/gi)].map(([, block]) => block ?? '')
  return [text, ...blocks].flatMap((each) => {
    try {
      return [JSON.parse(each) as unknown]
    } catch {
      return []
    }
  })
}

function recipeIn(value: unknown): Json | null {
  if (Array.isArray(value)) return value.map(recipeIn).find((found) => found !== null) ?? null
  if (!isObject(value)) return null
  return isRecipe(value) ? value : recipeIn(value['@graph'] ?? value['mainEntity'])
}

/** Text without the marks of a page. */
function plain(value: unknown): string {
  if (typeof value === 'number') return String(value)
  if (typeof value !== 'string') return ''
  const text = value.replace(/<[^>]*>/g, ' ').replace(/&amp;/g, '&').replace(/&nbsp;|&#160;/g, ' ').replace(/&quot;/g, '"').replace(/&#39;/g, '’')
  return text.replace(/[ \t\r]+/g, ' ').trim()
}

function stepsOf(value: unknown): string {
  const one = (step: unknown): string[] => {
    if (!isObject(step)) return [plain(step)]
    return step['itemListElement'] ? [plain(step['name']), ...[step['itemListElement']].flat().flatMap(one)] : [plain(step['text'] ?? step['name'])]
  }
  return [value ?? ''].flat().flatMap(one).filter(Boolean).join('\n')
}

/** What our file says it is made of; the server checks every part of it. */
function placedOf(value: unknown): Placed[] {
  if (!Array.isArray(value)) return []
  return value.slice(0, LINES_MAX).filter((each): each is Placed => isObject(each) && typeof each['id'] === 'string' && isObject(each['item']))
}

/** The same with numbers of their own, so that a copy stands beside what is there. */
export function asCopies(items: readonly Placed[]): Placed[] {
  const ids = new Map(items.map(({ id }) => [`own:${id}`, `own:${uuidV7()}`]))
  const part = (each: SentIngredient): SentIngredient => ({ ...each, food: ids.get(each.food) ?? each.food })
  return items.map(({ id, item }) => ({
    id: (ids.get(`own:${id}`) ?? `own:${uuidV7()}`).slice(4),
    item: 'parts' in item ? { ...item, parts: item.parts.map(part) } : item,
  }))
}

/** A thing of the library as it would be sent. */
export function asSent({ item }: LibraryItem): SentItem {
  if (item.kind === 'food') return item
  const parts = item.parts.map(({ food, amount, portion }) => (portion ? { food, amount, portion: portion.seq } : { food, amount }))
  if (item.kind === 'recipe') {
    const { cooked_grams, portions, portion_name, steps, from, name } = item
    return { kind: 'recipe', name, parts, portions, portion_name, steps, from, ...(cooked_grams ? { cooked_grams } : {}) }
  }
  if (item.kind === 'meal') return { kind: 'meal', name: item.name, parts }
  return { kind: 'repeat', parts, group: item.group, weekdays: item.weekdays, time: item.time ?? null }
}

/** The own foods and recipes that something is made of, each before what is made of it. */
export async function withParts(id: string, fetch: (id: string) => Promise<LibraryItem>): Promise<{ placed: Placed[]; shown: LibraryItem }> {
  const placed = new Map<string, Placed>()
  const visit = async (at: string): Promise<LibraryItem> => {
    const shown = await fetch(at)
    const parts = shown.item.kind === 'food' ? [] : shown.item.parts
    for (const { food } of parts) {
      const own = food.startsWith('own:') ? food.slice(4) : null
      if (own && !placed.has(own)) await visit(own)
    }
    placed.set(at, { id: at, item: asSent(shown) })
    return shown
  }
  const shown = await visit(id)
  return { placed: [...placed.values()], shown }
}

/** Our recipe file: a schema.org Recipe that any program reads, with what a copy here needs. */
export function writeRecipe(shown: LibraryItem, placed: readonly Placed[]): string {
  const { item, holds } = shown
  if (item.kind !== 'recipe') return ''
  const lines = item.parts.map(({ name, amount, portion, grams }) => (portion ? `${amount} × ${portion.name} ${name}` : `${grams} g ${name}`))
  const energy = holds?.nutrients['energy']?.amount
  const portion = holds?.portions[0]?.grams
  return JSON.stringify({
    '@context': 'https://schema.org',
    '@type': 'Recipe',
    name: item.name,
    recipeYield: String(item.portions),
    recipeIngredient: lines,
    ...(item.steps ? { recipeInstructions: item.steps } : {}),
    ...(item.from ? { isBasedOn: item.from } : {}),
    ...(typeof energy === 'number' && portion ? { nutrition: { '@type': 'NutritionInformation', calories: `${Math.round((energy * portion) / 100)} kcal` } } : {}),
    keepwell: { version: 1, items: placed },
  })
}

/** The amount that a line begins with, where it is in grams or near it: "200 g flour", "1,5 kg", "250ml". */
export function gramsOfLine(line: string): number | null {
  const found = /^\s*(\d+(?:[.,]\d+)?)\s*(kg|g|ml|l)\b/i.exec(line)
  if (!found?.[1] || !found[2]) return null
  const factor = { kg: 1000, g: 1, ml: 1, l: 1000 }[found[2].toLowerCase()] ?? 1
  return Number(found[1].replace(',', '.')) * factor
}

/** What to search for: a line without amounts, measures and asides. */
export function searchOfLine(line: string): string {
  const words = line.replace(/\([^)]*\)/g, ' ').replace(/[\d½¼¾⅓⅔.,/–-]+\s*(kg|g|ml|l|dl|cl|el|tl|tbsp|tsp|cups?|tassen?|prise|pinch|oz|lb)?\b\.?/gi, ' ')
  return words.replace(/\s+/g, ' ').trim().split(' ').slice(0, 3).join(' ')
}
