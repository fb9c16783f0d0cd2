// What a browser and its authenticators make of the API: with and without a PIN, with and without the
// secret that opens the diary (PRF). No page takes part, so that each answer can be looked at.

import type { Page } from '@playwright/test'
import { expect, test } from './guarded'
import { signUp } from './person'
import { plugIn } from './security-key'

interface Answered {
  status: number
  body: Record<string, unknown>
}

async function send(page: Page, method: string, path: string, body?: unknown): Promise<Answered> {
  return page.evaluate(
    async ({ method, path, body }) => {
      const answer = await fetch(`/api/v1${path}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      })
      const text = await answer.text()
      return { status: answer.status, body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) }
    },
    { method, path, body },
  )
}

/** Lets the authenticator answer, and derives what may leave the browser of what it computed. */
async function answer(page: Page, kind: 'create' | 'get', asked: Answered) {
  expect(asked.status, JSON.stringify(asked.body)).toBe(200)
  return page.evaluate(
    async ({ kind, body }) => {
      const options = (body as { publicKey: never }).publicKey
      const credential = (
        kind === 'create'
          ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
          : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) })
      ) as PublicKeyCredential
      const computed = credential.getClientExtensionResults().prf?.results?.first
      const json = credential.toJSON() as { clientExtensionResults: { prf?: { results?: unknown } } }
      delete json.clientExtensionResults.prf?.results
      const answered = { ceremony: (body as { ceremony: string }).ceremony, credential: json }
      if (computed === undefined) return answered
      const key = await crypto.subtle.importKey('raw', computed as BufferSource, 'HKDF', false, ['deriveBits'])
      const info = new TextEncoder().encode('a journey')
      const bits = await crypto.subtle.deriveBits({ name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info }, key, 256)
      const text = btoa(String.fromCharCode(...new Uint8Array(bits)))
      return { ...answered, slot_secret: text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '') }
    },
    { kind, body: asked.body },
  )
}

async function enrol(page: Page): Promise<Answered> {
  const made = await answer(page, 'create', await send(page, 'POST', '/account/second-steps/key/challenge'))
  return send(page, 'POST', '/account/second-steps/key', { ...made, name: 'Key ring' })
}

test('a passkey that computes a secret signs in alone and proves who one is', async ({ page }) => {
  const { unplug } = await plugIn(page, { verifies: true, computes: true })
  await signUp(page)
  const added = await enrol(page)
  expect(added.status, JSON.stringify(added.body)).toBe(201)
  expect(added.body['opens_diary']).toBe(true)
  const person = (await send(page, 'GET', '/session')).body['person_id']
  expect((await send(page, 'DELETE', '/session')).status).toBe(204)

  const alone = await answer(page, 'get', await send(page, 'POST', '/session/passkey/challenge'))
  const signedIn = await send(page, 'POST', '/session/passkey', alone)
  expect(signedIn.status, JSON.stringify(signedIn.body)).toBe(201)
  expect(signedIn.body).toMatchObject({ state: 'open', first_step: 'passkey', person_id: person })

  const proof = await answer(page, 'get', await send(page, 'POST', '/session/proof/challenge'))
  expect((await send(page, 'POST', '/session/proof', { passkey: proof })).status).toBe(204)
  await unplug()
})

test('a passkey that computes no secret comes after the password, and unlocks', async ({ page }) => {
  const { unplug } = await plugIn(page, { verifies: true, computes: false })
  const { email, password } = await signUp(page)
  expect((await enrol(page)).body).toMatchObject({ opens_diary: false })
  await send(page, 'DELETE', '/session')

  const alone = await answer(page, 'get', await send(page, 'POST', '/session/passkey/challenge'))
  expect((await send(page, 'POST', '/session/passkey', alone)).status).toBe(422)
  const half = await send(page, 'POST', '/session', { email, password })
  expect(half.body).toMatchObject({ state: 'awaits_second_step', ways: ['security_key', 'single_use_code'] })
  const second = await answer(page, 'get', await send(page, 'POST', '/session/second-step/key/challenge'))
  expect((await send(page, 'POST', '/session/second-step/key', second)).body).toMatchObject({ second_step: 'security_key' })

  expect((await send(page, 'POST', '/session/lock')).status).toBe(204)
  expect((await send(page, 'GET', '/session')).status).toBe(423)
  const key = await answer(page, 'get', await send(page, 'POST', '/session/unlock/challenge'))
  expect((await send(page, 'POST', '/session/unlock', { key })).status).toBe(204)
  expect((await send(page, 'GET', '/session')).status).toBe(200)
  await unplug()
})

test('a key without a PIN is a second step', async ({ page }) => {
  const { unplug } = await plugIn(page, { verifies: false, computes: false })
  const { email, password } = await signUp(page)
  expect((await enrol(page)).body).toMatchObject({ opens_diary: false })
  await send(page, 'DELETE', '/session')
  await send(page, 'POST', '/session', { email, password })
  const second = await answer(page, 'get', await send(page, 'POST', '/session/second-step/key/challenge'))
  expect((await send(page, 'POST', '/session/second-step/key', second)).status).toBe(200)
  const proof = await answer(page, 'get', await send(page, 'POST', '/session/proof/challenge'))
  expect((await send(page, 'POST', '/session/proof', { password, key: proof })).status).toBe(204)
  await unplug()
})
