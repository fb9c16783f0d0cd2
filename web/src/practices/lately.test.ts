import { beforeEach, expect, test, vi } from 'vitest'

let asked: Request[] = []

beforeEach(() => {
  asked = []
  vi.resetModules()
  vi.stubGlobal('location', { origin: 'https://keepwell.test' })
  vi.stubGlobal('fetch', (request: Request) => {
    asked.push(request)
    const { pathname } = new URL(request.url)
    if (pathname.endsWith('/activities')) return Promise.resolve(Response.json({ type: 'about:blank', status: 404 }, { status: 404 }))
    if (pathname.endsWith('/settings')) return Promise.resolve(Response.json({ calm: true, calm_for_visitors: false }))
    if (pathname.endsWith('/report')) return Promise.resolve(Response.json({ complete_days: 3, energy: { eaten_kcal: 1500, target_kcal: 2000 } }))
    return Promise.resolve(Response.json({}))
  })
})

const client = (...scopes: string[]) => ({
  id: 'ana', name: 'Ana', own_name: 'Ana', purpose: '', groups: [], note: '', since: '', unread: 0, parts: scopes.map((scope) => ({ scope, access: 'see' })),
})

test('of a client what was let in is asked for, in the name of the practice, and nothing else', async () => {
  const { lookAt, standing } = await import('./lately.svelte')
  const found = await lookAt(client('summary', 'activity', 'plan'), 'practice', '2026-11-23')
  const paths = asked.map((request) => new URL(request.url).pathname.split('/').at(-1)).toSorted()
  expect(paths).toEqual(['activities', 'report', 'settings'])
  for (const { headers } of asked) expect([headers.get('keepwell-diary'), headers.get('keepwell-as')]).toEqual(['ana', 'practice'])
  // What is not there is absent, and no failure.
  expect(found).toMatchObject({ activeMinutes: null, points: null, library: null, completeDays: 3, calm: false })
  expect(standing(found)).toBe('below')
})

test('what is near the target is not off it, and of what is unknown or calm nothing is said', async () => {
  const { standing } = await import('./lately.svelte')
  const of = (eaten: number | null, target: number | null, calm = false) =>
    standing({ energy: { eaten, target }, completeDays: 1, points: null, activeMinutes: null, activeDays: 0, library: null, calm })
  expect([of(1850, 2000), of(2150, 2000), of(1700, 2000), of(2300, 2000)]).toEqual(['near', 'near', 'below', 'above'])
  expect([of(null, 2000), of(1700, null), of(1700, 2000, true)]).toEqual([null, null, null])
})
