import { expect, test } from 'vitest'
import { asCopies, gramsOfLine, readRecipe, searchOfLine, type Placed } from './recipe-file'

const PAGE = `<html><script type="application/ld+json">{"@context":"https://schema.org","@graph":[
  {"@type":"WebPage"},{"@type":["Recipe","Thing"],"name":"Linsensuppe &amp; Brot","recipeYield":["4 Portionen"],
  "recipeIngredient":["200 g Linsen","1 Zwiebel"],"url":"https://example.org/suppe",
  "recipeInstructions":[{"@type":"HowToSection","name":"Kochen","itemListElement":[{"@type":"HowToStep","text":"<p>Wässern.</p>"}]},"Salzen."]}]}</script></html>`

test('a recipe is read from the source of a page', () => {
  expect(readRecipe(PAGE)).toEqual({
    name: 'Linsensuppe & Brot',
    portions: 4,
    steps: 'Kochen\nWässern.\nSalzen.',
    from: 'https://example.org/suppe',
    lines: ['200 g Linsen', '1 Zwiebel'],
    items: [],
  })
})

test('what is no recipe is none', () => {
  for (const text of ['', 'Soup', '{"@type":"Person"}', '[1,null]', '{']) expect(readRecipe(text)).toBeNull()
})

test('a copy has numbers of its own and is made of copies', () => {
  const items: Placed[] = [
    { id: 'a', item: { kind: 'food', name: 'Oats', label: { shape: 'eu', amount: 100, unit: 'g', lines: [] } } },
    { id: 'b', item: { kind: 'recipe', name: 'Porridge', portions: 1, portion_name: '1', parts: [{ food: 'own:a', amount: 40 }, { food: 'usda-sr28:01077', amount: 200 }] } },
  ]
  const [oats, porridge] = asCopies(items)
  expect(oats?.id).not.toBe('a')
  expect(porridge?.item.kind === 'recipe' && porridge.item.parts.map(({ food }) => food)).toEqual([`own:${oats?.id}`, 'usda-sr28:01077'])
})

test('a line says its weight where it has one, and what to look for', () => {
  expect(gramsOfLine('1,5 kg Kartoffeln')).toBe(1500)
  expect(gramsOfLine('250ml milk')).toBe(250)
  expect(gramsOfLine('2 eggs')).toBeNull()
  expect(searchOfLine('200 g red lentils (dried)')).toBe('red lentils')
  expect(searchOfLine('2 tbsp olive oil, extra virgin')).toBe('olive oil extra')
})
