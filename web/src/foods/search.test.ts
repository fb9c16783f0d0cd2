import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { FoodHit } from '../api/types'
import { FoodSearch } from './search.svelte'

const hit = (name: string): FoodHit => ({ id: name, name, group: '', source: '', energy_kcal: null })

/** A server that answers when the test says so. */
function slowServer() {
  const asked: { query: string; signal: AbortSignal; answer: (hits: FoodHit[]) => void; fail: () => void }[] = []
  const find = (query: string, signal: AbortSignal) =>
    new Promise<FoodHit[]>((answer, reject) => asked.push({ query, signal, answer, fail: () => reject(new Error('down')) }))
  return { asked, find }
}

const settle = () => vi.advanceTimersByTimeAsync(200)

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('one question is asked for a word typed quickly', async () => {
  const { asked, find } = slowServer()
  const search = new FoodSearch(find)
  for (const text of ['c', 'ch', 'che']) search.type(text)
  await settle()
  expect(asked.map(({ query }) => query)).toEqual(['che'])
})

test('an older answer never replaces a newer one', async () => {
  const { asked, find } = slowServer()
  const search = new FoodSearch(find)
  search.type('milk')
  await settle()
  search.type('milk who')
  await settle()
  expect(asked[0]?.signal.aborted).toBe(true)
  asked[1]?.answer([hit('Milk, whole')])
  await settle()
  asked[0]?.answer([hit('Milk, skim')])
  await settle()
  expect(search.hits.map(({ name }) => name)).toEqual(['Milk, whole'])
})

test('Enter before the answer waits for it and takes the top hit', async () => {
  const { asked, find } = slowServer()
  const search = new FoodSearch(find)
  search.type('chees ched')
  const chosen = search.chosen()
  await settle()
  asked[0]?.answer([hit('Cheese, cheddar'), hit('Cheese, cheddar, sharp')])
  expect((await chosen)?.name).toBe('Cheese, cheddar')
})

test('the chosen hit moves round and starts on top again with new text', async () => {
  const { asked, find } = slowServer()
  const search = new FoodSearch(find)
  search.type('a')
  await settle()
  asked[0]?.answer([hit('one'), hit('two')])
  await settle()
  search.move(-1)
  expect((await search.chosen())?.name).toBe('two')
  search.move(1)
  expect((await search.chosen())?.name).toBe('one')
  search.type('ab')
  expect(search.active).toBe(0)
})

test('a failed search says so and can be run again', async () => {
  const { asked, find } = slowServer()
  const search = new FoodSearch(find)
  search.type('oats')
  await settle()
  asked[0]?.fail()
  await settle()
  expect(search.state).toBe('failed')
  search.again()
  await settle()
  asked[1]?.answer([hit('Oats')])
  await settle()
  expect(search.state).toBe('done')
})

test('emptying the field gives up the search', async () => {
  const { asked, find } = slowServer()
  const search = new FoodSearch(find)
  search.type('oats')
  const chosen = search.chosen()
  search.clear()
  await settle()
  expect(asked).toEqual([])
  expect(await chosen).toBeNull()
  expect(search.state).toBe('idle')
})
