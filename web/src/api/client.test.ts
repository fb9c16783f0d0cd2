import { beforeEach, expect, test, vi } from 'vitest'

let answers: Response[] = []
let sent: { method: string; body: string; type: string | null }[] = []

const refusal = () => Response.json({ type: 'urn:keepwell:problem:prove-first', title: 'Forbidden', status: 403, detail: '' }, { status: 403 })

async function openClient(proves: boolean) {
  vi.resetModules()
  const { api, ask, actForNobody, proveWith } = await import('./client')
  const asked = vi.fn(() => Promise.resolve(proves))
  proveWith(asked)
  return { api, ask, asked, actForNobody, proveWith }
}

beforeEach(() => {
  answers = []
  sent = []
  vi.stubGlobal('location', { origin: 'https://keepwell.test' })
  vi.stubGlobal('fetch', async (request: Request) => {
    sent.push({ method: request.method, body: await request.text(), type: request.headers.get('content-type') })
    return answers.shift() ?? new Response(null, { status: 204 })
  })
})

test('a request that needs a proof is sent once more, with its body, after it was given', async () => {
  const { api, ask, asked } = await openClient(true)
  answers = [refusal()]
  await ask(api.PUT('/api/v1/account/recovery-code/kept', { body: { code: 'W3GR' } }))
  expect(asked).toHaveBeenCalledOnce()
  expect(sent.map(({ body }) => body)).toEqual(['{"code":"W3GR"}', '{"code":"W3GR"}'])
})

test('it is not sent again when the proof was not given', async () => {
  const { api, ask, asked } = await openClient(false)
  answers = [refusal()]
  await expect(ask(api.POST('/api/v1/account/single-use-codes'))).rejects.toMatchObject({ kind: 'prove-first' })
  expect(asked).toHaveBeenCalledOnce()
  expect(sent).toHaveLength(1)
})

test('it is not sent again when the session ended while the proof was asked for', async () => {
  const { api, ask, actForNobody, proveWith } = await openClient(true)
  proveWith(() => {
    actForNobody()
    return Promise.resolve(true)
  })
  answers = [refusal()]
  await expect(ask(api.POST('/api/v1/account/single-use-codes'))).rejects.toMatchObject({ kind: 'sign-in-first' })
  expect(sent).toHaveLength(1)
})

test('no other refusal asks for a proof', async () => {
  const { api, ask, asked } = await openClient(true)
  answers = [Response.json({ type: 'urn:keepwell:problem:other-site', title: 'Forbidden', status: 403, detail: '' }, { status: 403 })]
  await expect(ask(api.POST('/api/v1/account/single-use-codes'))).rejects.toMatchObject({ kind: 'other-site' })
  expect(asked).not.toHaveBeenCalled()
})

test('what changes something is said to be JSON, also without a body', async () => {
  const { api, ask } = await openClient(true)
  await ask(api.POST('/api/v1/account/single-use-codes'))
  expect(sent[0]?.type).toBe('application/json')
})
