import { beforeEach, expect, test, vi } from 'vitest'

const MINUTE_MS = 60_000
let asked = 0
let heard: Record<string, () => void> = {}
let info: Record<string, unknown> = {}

/** The app's own clock beside a server that knows one person. */
async function openPage(more: Record<string, unknown> = {}) {
  vi.resetModules()
  info = { person_id: 'ana', email: 'ana@example.org', idle_minutes: 5, recovery_code_kept: true, ...more }
  const { session } = await import('./session.svelte')
  const { idle } = await import('./idle.svelte')
  await session.check()
  asked = 0
  return { session, idle, stop: idle.watch() }
}

beforeEach(() => {
  vi.useFakeTimers({ now: new Date('2026-11-22T12:00:00Z') })
  heard = {}
  vi.stubGlobal('location', { origin: 'https://keepwell.test' })
  vi.stubGlobal('addEventListener', (event: string, listener: () => void) => (heard[event] = listener))
  vi.stubGlobal('removeEventListener', (event: string) => delete heard[event])
  vi.stubGlobal('document', { addEventListener: () => {}, removeEventListener: () => {}, visibilityState: 'visible' })
  vi.stubGlobal('fetch', () => {
    asked += 1
    return Promise.resolve(Response.json(info))
  })
})

test('the warning comes a minute before, counts down, and then the diary closes', async () => {
  const { session, idle, stop } = await openPage()
  await vi.advanceTimersByTimeAsync(4 * MINUTE_MS - 1_000)
  expect(idle.secondsLeft).toBeNull()
  await vi.advanceTimersByTimeAsync(1_000)
  expect(idle.secondsLeft).toBe(60)
  await vi.advanceTimersByTimeAsync(45_000)
  expect(idle.secondsLeft).toBe(15)
  expect(asked).toBe(0)
  await vi.advanceTimersByTimeAsync(15_000)
  expect([session.state, session.ended, idle.secondsLeft]).toEqual(['out', 'idle', null])
  stop()
})

test('the chosen minutes count, and of a single one only the end is warned of', async () => {
  const { session, idle, stop } = await openPage({ idle_minutes: 1 })
  await vi.advanceTimersByTimeAsync(39_000)
  expect(idle.secondsLeft).toBeNull()
  await vi.advanceTimersByTimeAsync(1_000)
  expect(idle.secondsLeft).toBe(20)
  await vi.advanceTimersByTimeAsync(20_000)
  expect(session.ended).toBe('idle')
  stop()
})

test('staying signed in asks the server, and starts anew', async () => {
  const { session, idle, stop } = await openPage()
  await vi.advanceTimersByTimeAsync(4.5 * MINUTE_MS)
  await idle.stay()
  expect(asked).toBe(1)
  expect(idle.secondsLeft).toBeNull()
  await vi.advanceTimersByTimeAsync(3 * MINUTE_MS)
  expect([session.state, idle.secondsLeft]).toEqual(['in', null])
  stop()
})

test('using the page keeps the session, without a request for each touch', async () => {
  const { session, idle, stop } = await openPage()
  for (let seconds = 0; seconds < 600; seconds += 10) {
    heard['keydown']?.()
    await vi.advanceTimersByTimeAsync(10_000)
  }
  expect([session.state, idle.secondsLeft]).toEqual(['in', null])
  expect(asked).toBeGreaterThan(4)
  expect(asked).toBeLessThan(12)
  stop()
})

test('an installed app with a PIN asks the server, which locks it, and does not sign out', async () => {
  const { session, stop } = await openPage({ application: 'app', has_pin: true })
  vi.stubGlobal('fetch', () => Promise.resolve(Response.json({ type: 'urn:keepwell:problem:locked', title: 'Locked', status: 423, detail: '' }, { status: 423 })))
  await vi.advanceTimersByTimeAsync(5 * MINUTE_MS)
  expect([session.state, session.ended]).toEqual(['locked', null])
  stop()
})
