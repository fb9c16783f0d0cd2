import { expect, test, vi } from 'vitest'
import text from '../../openapi.json?raw'

interface Description {
  paths: Record<string, Record<string, { tags?: string[] }>>
}

const OF_WHOSE_DIARY_IS_OPEN = new Set(['days', 'plan', 'library', 'body', 'activity', 'fasts', 'report'])
/** The published activities are nobody's. */
const NOBODYS = ['/api/v1/compendium']

// What is asked in somebody else's open diary and goes to one's own would show one person's body as another's.
test('whatever the server keeps in a diary goes to the diary that is open, and nothing else does', async () => {
  vi.stubGlobal('location', { origin: 'https://keepwell.test' })
  const { OF_A_DIARY } = await import('./client')
  const { paths } = JSON.parse(text) as Description
  const wrong = Object.entries(paths).filter(([path, operations]) => {
    const tags = Object.values(operations).flatMap((operation) => operation.tags ?? [])
    const expected = tags.some((tag) => OF_WHOSE_DIARY_IS_OPEN.has(tag)) && !NOBODYS.includes(path)
    return OF_A_DIARY.test(path) !== expected && path !== '/api/v1/eaten'
  })
  expect(wrong.map(([path]) => path)).toEqual([])
  expect(OF_A_DIARY.test('/api/v1/foods/own:01930000-0000-7000-8000-000000000001')).toBe(true)
  expect(OF_A_DIARY.test('/api/v1/account')).toBe(false)
})
