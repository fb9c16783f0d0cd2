import { beforeEach, expect, test, vi } from 'vitest'
import { makeKey, useKey } from './webauthn'

/** What the authenticator computed, recognisable in whatever form it would appear. */
const COMPUTED = Uint8Array.from({ length: 32 }, (_, at) => 200 + (at % 20))
const BASE64 = btoa(String.fromCharCode(...COMPUTED))
const SHAPES = [
  BASE64.replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, ''),
  BASE64,
  Array.from(COMPUTED, (byte) => byte.toString(16)).join(''),
  JSON.stringify([...COMPUTED]).slice(1, -1),
]
const CHALLENGE = { challenge: 'AAEC', rpId: 'keepwell.test', extensions: { prf: { eval: { first: 'a2VlcA' } } } }
const NEW = { ...CHALLENGE, rp: { name: 'Keepwell' }, user: { id: 'AQID', name: 'ana', displayName: 'ana' }, pubKeyCredParams: [] }

let prf: object | undefined
let verified = true
let given: { publicKey?: { challenge?: unknown; extensions?: { prf?: { eval?: { first?: Uint8Array } } } } } = {}

const bytes = (...all: number[]) => Uint8Array.from(all).buffer

/** A credential that tells everything it knows to whoever asks for JSON. */
function credential(response: object, withToJson: boolean) {
  const own = { id: 'AQID', rawId: bytes(1, 2, 3), type: 'public-key', authenticatorAttachment: 'platform', response }
  const results = () => ({ ...(prf ? { prf: prf as { results?: unknown } } : {}), credProps: { rk: true } })
  const leaky = () => ({ id: 'AQID', rawId: 'AQID', type: 'public-key', response: {}, clientExtensionResults: { prf: { results: { first: SHAPES[0] } } } })
  return { ...own, getClientExtensionResults: results, ...(withToJson ? { toJSON: leaky } : {}) }
}

function browser(withJson: boolean) {
  const authenticatorData = new Uint8Array(37)
  authenticatorData[32] = verified ? 0x05 : 0x01
  const made = { clientDataJSON: bytes(1), attestationObject: bytes(2), getTransports: () => ['usb'], getAuthenticatorData: () => authenticatorData.buffer }
  const shown = { clientDataJSON: bytes(1), authenticatorData: authenticatorData.buffer, signature: bytes(3), userHandle: null }
  class PublicKeyCredential {}
  if (withJson) Object.assign(PublicKeyCredential, { parseCreationOptionsFromJSON: (json: object) => ({ ...json }), parseRequestOptionsFromJSON: (json: object) => ({ ...json }) })
  vi.stubGlobal('PublicKeyCredential', PublicKeyCredential)
  vi.stubGlobal('navigator', {
    credentials: {
      create: (options: object) => {
        given = options
        return Promise.resolve(credential(made, withJson))
      },
      get: (options: object) => {
        given = options
        return Promise.resolve(credential(shown, withJson))
      },
    },
  })
}

beforeEach(() => {
  verified = true
  prf = { enabled: true, results: { first: COMPUTED.slice().buffer } }
})

for (const withJson of [true, false]) {
  const where = withJson ? 'in a browser of today' : 'in a browser without JSON'

  test(`what the authenticator computed is in nothing that is sent, ${where}`, async () => {
    browser(withJson)
    const made = await makeKey(NEW)
    prf = { results: { first: COMPUTED.slice().buffer } }
    const shown = await useKey(CHALLENGE)
    for (const answer of [made, shown]) {
      const sent = JSON.stringify(answer)
      for (const shape of SHAPES) expect(sent).not.toContain(shape)
      expect(answer.credential).not.toHaveProperty('clientExtensionResults.prf')
      expect(answer.credential).toHaveProperty('clientExtensionResults.credProps.rk', true)
      expect(answer.slotSecret).toMatch(/^[\w-]{43}$/)
    }
    expect(made.slotSecret).toBe(shown.slotSecret)
  })

  test(`the authenticator is asked for the server's input, ${where}`, async () => {
    browser(withJson)
    await useKey(CHALLENGE)
    expect(new TextDecoder().decode(given.publicKey?.extensions?.prf?.eval?.first)).toBe('keep')
  })
}

test('the slot secret is HKDF of what was computed', async () => {
  browser(true)
  // RFC 5869 with SHA-256, no salt and "keepwell slot", as another program computes it.
  expect((await useKey(CHALLENGE)).slotSecret).toBe('kIV0K1lWPkxyLOhAi71h_luSG4m72n_sVojTgP4KF6g')
})

test('a key that computes nothing has no secret', async () => {
  prf = undefined
  browser(true)
  expect(await makeKey(NEW)).toMatchObject({ slotSecret: null, computesLater: false })
  expect((await useKey(CHALLENGE)).slotSecret).toBeNull()
})

test('a key that computes only when it signs is asked once more later', async () => {
  prf = { enabled: true }
  browser(true)
  expect(await makeKey(NEW)).toMatchObject({ slotSecret: null, computesLater: true })
})

test('a secret of a key that did not verify its person is not used', async () => {
  verified = false
  browser(true)
  expect((await makeKey(NEW)).slotSecret).toBeNull()
})

test('giving up, and a key that is there already, are problems with names', async () => {
  browser(true)
  const refuse = (name: string) => () => Promise.reject(new DOMException('no', name))
  vi.stubGlobal('navigator', { credentials: { create: refuse('InvalidStateError'), get: refuse('NotAllowedError') } })
  await expect(makeKey(NEW)).rejects.toMatchObject({ kind: 'key-known' })
  await expect(useKey(CHALLENGE)).rejects.toMatchObject({ kind: 'key-given-up' })
})
