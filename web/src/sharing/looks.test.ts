import { beforeEach, expect, test, vi } from 'vitest'

type Answer = (body: unknown) => void
let asked: { url: URL; answer: Answer }[] = []

const page = (seqs: number[], next?: number) => ({
  looks: seqs.map((seq) => ({ seq, at: '2026-11-22T14:05:00Z', who: 'ben', actor: 'ben', act: 'looked', parts: [] })),
  holders: [],
  ...(next === undefined ? {} : { next }),
})

async function looks() {
  vi.resetModules()
  const { Looks } = await import('./looks.svelte')
  return new Looks()
}

/** Answers the question that was asked in this place. */
async function answer(body: unknown, place: number): Promise<void> {
  await vi.waitFor(() => expect(asked.length).toBeGreaterThan(place))
  asked[place]?.answer(body)
}

beforeEach(() => {
  asked = []
  vi.stubGlobal('location', { origin: 'https://keepwell.test' })
  vi.stubGlobal('fetch', (request: Request) => {
    return new Promise<Response>((resolve) => asked.push({ url: new URL(request.url), answer: (body) => resolve(Response.json(body)) }))
  })
})

test('earlier looks come after those that are there', async () => {
  const all = await looks()
  const first = all.load()
  await answer(page([9, 8], 8), 0)
  await first
  const more = all.more()
  await answer(page([7]), 1)
  await more
  expect(asked[1]?.url.searchParams.get('before')).toBe('8')
  expect(all.page?.looks.map(({ seq }) => seq)).toEqual([9, 8, 7])
  expect(all.page?.next ?? null).toBeNull()
})

test('the answer to an earlier choice does not replace that to a later one', async () => {
  const all = await looks()
  const everybody = all.load()
  await vi.waitFor(() => expect(asked.length).toBe(1))
  all.who = 'ben'
  const his = all.load()
  await answer(page([3]), 1)
  await answer(page([9, 8]), 0)
  await Promise.all([everybody, his])
  expect(asked[1]?.url.searchParams.get('who')).toBe('ben')
  expect(all.page?.looks.map(({ seq }) => seq)).toEqual([3])
  expect(all.working).toBe(false)
})

test('the last day that is chosen counts whole, and days in the wrong order ask nothing', async () => {
  const all = await looks()
  all.from = '2026-11-01'
  all.to = '2026-11-02'
  const loading = all.load()
  await answer(page([]), 0)
  await loading
  const { searchParams } = asked[0]!.url
  expect(new Date(searchParams.get('from') ?? '').getTime()).toBe(new Date(2026, 10, 1).getTime())
  expect(new Date(searchParams.get('to') ?? '').getTime()).toBe(new Date(2026, 10, 3).getTime())
  all.from = '2026-11-03'
  await all.load()
  expect([asked.length, all.fits]).toEqual([1, false])
})
