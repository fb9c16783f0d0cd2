import { beforeEach, expect, test, vi } from 'vitest'

/** The cookie jar that all windows of a browser share, and a server that looks into it. */
let signedIn: string | null = null
let sent: { path: string; person: string | null }[] = []
let refusesOthers = true

const info = (person_id: string) => ({ person_id, email: `${person_id}@example.org`, idle_minutes: 15, recovery_code_kept: true })
let answers: ((request: Request) => Response | null) | null = null
const problem = (status: number, kind: string) =>
  Response.json({ type: `urn:keepwell:problem:${kind}`, title: kind, status, detail: kind }, { status })

async function server(request: Request): Promise<Response> {
  const { pathname: path } = new URL(request.url)
  const person = request.headers.get('keepwell-person')
  sent.push({ path, person })
  const own = answers?.(request)
  if (own) return own
  if (request.method === 'POST') signedIn = ((await request.json()) as { email: string }).email
  if (request.method === 'DELETE') {
    signedIn = null
    return new Response(null, { status: 204 })
  }
  if (signedIn === null) return problem(401, 'sign-in-first')
  if (refusesOthers && request.method === 'GET' && person !== null && person !== signedIn) return problem(409, 'other-person')
  return Response.json({ state: 'open', ...info(signedIn) })
}

/** One more window of the same browser: the modules anew, on the same channel. */
async function openWindow() {
  vi.resetModules()
  const { session, heedSession } = await import('./session.svelte')
  const told: string[] = []
  heedSession({ close: () => told.push('close'), forget: () => told.push('forget'), open: () => told.push('open') })
  return { session, told }
}

beforeEach(() => {
  signedIn = null
  sent = []
  refusesOthers = true
  answers = null
  vi.stubGlobal('matchMedia', () => ({ matches: false }))
  vi.stubGlobal('location', { origin: 'https://keepwell.test' })
  vi.stubGlobal('fetch', server)
})

test('a window ends at once when somebody else signs in in another', async () => {
  const one = await openWindow()
  await one.session.signIn('ana', 'a')
  const two = await openWindow()
  await two.session.signIn('ben', 'b')
  await vi.waitFor(() => expect(one.session.state).toBe('out'))
  expect(one.session.ended).toBe('other')
  expect(one.session.info).toBeNull()
  expect(one.told).toEqual(['open', 'close', 'forget'])
  expect(two.session.state).toBe('in')
})

test('the same person in two windows disturbs neither', async () => {
  const one = await openWindow()
  await one.session.signIn('ana', 'a')
  const two = await openWindow()
  await two.session.check()
  await new Promise((heard) => setTimeout(heard, 20))
  expect([one.session.state, two.session.state]).toEqual(['in', 'in'])
})

test('every request says for whom it is, and a refusal for another person ends the session', async () => {
  const { session, told } = await openWindow()
  await session.signIn('ana', 'a')
  signedIn = 'ben'
  await session.check()
  expect(sent.at(-1)).toEqual({ path: '/api/v1/session', person: 'ana' })
  expect(session.ended).toBe('other')
  expect(told).toEqual(['open', 'close', 'forget'])
})

test('a check that finds another person ends the session even if the server did not refuse it', async () => {
  refusesOthers = false
  const { session } = await openWindow()
  await session.signIn('ana', 'a')
  signedIn = 'ben'
  await session.check()
  expect([session.state, session.ended, session.info]).toEqual(['out', 'other', null])
})

test('what was typed stays for the same person and for nobody else', async () => {
  const { session, told } = await openWindow()
  await session.signIn('ana', 'a')
  session.expire()
  await session.signIn('ana', 'a')
  expect(told).toEqual(['open', 'close', 'open'])
  session.expire()
  await session.signIn('ben', 'b')
  expect(told.slice(3)).toEqual(['close', 'forget', 'open'])
})

test('what one session asked for never reaches the next, and what waited is not sent', async () => {
  const { session } = await openWindow()
  const { api, ask, inThisSession } = await import('../api/client')
  await session.signIn('ana', 'a')
  const early = ask(api.GET('/api/v1/session'))
  const waiting = inThisSession(() => ask(api.GET('/api/v1/session')))
  session.expire()
  await expect(early).rejects.toMatchObject({ kind: 'sign-in-first' })
  await session.signIn('ben', 'b')
  const before = sent.length
  await expect(waiting()).rejects.toMatchObject({ kind: 'sign-in-first' })
  expect(sent.length).toBe(before)
})

test('a password that was right is not a session before its second step', async () => {
  const { session, told } = await openWindow()
  answers = ({ url, method }) => {
    if (url.endsWith('/second-step')) return null
    return method === 'POST' ? Response.json({ state: 'awaits_second_step', ways: ['single_use_code', 'totp'] }) : null
  }
  await session.signIn('ana', 'a')
  expect([session.state, session.info, session.isOpen]).toEqual(['awaits', null, false])
  expect(session.ways).toEqual(['totp', 'single_use_code'])
  expect(told).toEqual([])
  answers = ({ url }) => (url.endsWith('/second-step') ? Response.json(info('ana')) : null)
  await session.passSecondStep({ totp: '123456' })
  expect([session.state, session.isOpen]).toEqual(['in', true])
  expect(told).toEqual(['open'])
})

test('whatever is asked for, a session that waits leads to its second step', async () => {
  const { session } = await openWindow()
  answers = () => problem(401, 'second-step-first')
  await session.check()
  expect(session.state).toBe('awaits')
  answers = () => problem(401, 'sign-in-first')
  await expect(session.passSecondStep({ totp: '123456' })).rejects.toMatchObject({ kind: 'sign-in-first' })
  expect([session.state, session.ended]).toEqual(['out', 'tries'])
})

test('a locked session drops what was read, keeps what was typed', async () => {
  const one = await openWindow()
  await one.session.signIn('ana', 'a')
  answers = () => problem(423, 'locked')
  await one.session.check()
  expect([one.session.state, one.session.info, one.session.ended]).toEqual(['locked', null, null])
  expect(one.told).toEqual(['open', 'close'])
  answers = null
  await one.session.check()
  expect(one.session.state).toBe('in')
  expect(one.told).toEqual(['open', 'close', 'open'])
})

test('a diary is not open while a second step is owed or a password is to be chosen', async () => {
  const { session, told } = await openWindow()
  for (const owed of [{ owes_second_step: true }, { recovering: true }, { recovery_code_kept: false }]) {
    answers = () => Response.json({ ...info('ana'), ...owed })
    signedIn = 'ana'
    await session.check()
    expect([session.state, session.isOpen]).toEqual(['in', false])
  }
  expect(told).toEqual([])
  answers = null
  await session.check()
  expect(told).toEqual(['open'])
})

test('only the installed app says that it is one', async () => {
  for (const installed of [true, false]) {
    vi.stubGlobal('matchMedia', (query: string) => ({ matches: installed && query === '(display-mode: standalone)' }))
    const { session } = await openWindow()
    let body: Promise<unknown> = Promise.resolve()
    answers = (request) => {
      if (request.method === 'POST') body = request.clone().json()
      return null
    }
    await session.signIn('ana', 'a')
    expect(await body).toEqual({ email: 'ana', password: 'a', installed })
  }
})
