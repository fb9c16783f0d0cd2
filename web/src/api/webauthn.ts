// Security keys and passkeys: what stands between the server's JSON and `navigator.credentials`.
//
// A passkey may compute a secret for this site (PRF). What it computes never leaves this file: a slot
// secret is derived from it, and the results are dropped before anything can be sent.

import { Problem } from './problem'

/** What a key answered, fit to be sent, and the secret that lets it open the diary alone. */
export interface Answer {
  credential: Record<string, never>
  slotSecret: string | null
}

export interface Made extends Answer {
  /** It computes secrets, and this one only when it signs: to be asked for after it was added. */
  computesLater: boolean
}

/** Bound to this use: another one of the same result would yield something else. */
const SLOT_INFO = 'keepwell slot'
/** Bit 2 of the flags, behind the 32 bytes that stand for the site: the device has verified its person. */
const FLAGS_AT = 32
const USER_VERIFIED = 0x04

/** Whether this browser can talk to keys at all. */
export function knowsKeys(): boolean {
  return typeof PublicKeyCredential === 'function'
}

/** Makes a new key from what the server asked for. */
export async function makeKey(publicKey: unknown): Promise<Made> {
  const options = creationOptions(publicKey as PublicKeyCredentialCreationOptionsJSON)
  const made = await asked(() => navigator.credentials.create({ publicKey: options }))
  const { prf } = made.getClientExtensionResults()
  const secret = await slotSecretOf(made)
  const response = made.response as AuthenticatorAttestationResponse
  const flags = new Uint8Array(response.getAuthenticatorData())[FLAGS_AT] ?? 0
  const verified = (flags & USER_VERIFIED) !== 0
  // Without its person verified it would be another secret, and the server takes none.
  return { credential: sendable(made), slotSecret: verified ? secret : null, computesLater: prf?.enabled === true && secret === null }
}

/** Lets a key sign what the server asked for. */
export async function useKey(publicKey: unknown): Promise<Answer> {
  const options = requestOptions(publicKey as PublicKeyCredentialRequestOptionsJSON)
  const shown = await asked(() => navigator.credentials.get({ publicKey: options }))
  return { slotSecret: await slotSecretOf(shown), credential: sendable(shown) }
}

/** A person may give up, and a key may be there already: both are problems with words of their own. */
async function asked(ask: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  try {
    const credential = await ask()
    if (credential) return credential as PublicKeyCredential
  } catch (thrown) {
    if (thrown instanceof DOMException && thrown.name === 'InvalidStateError') throw keyProblem('key-known')
    if (!(thrown instanceof DOMException)) throw keyProblem('key-unknown')
  }
  throw keyProblem('key-given-up')
}

function keyProblem(kind: string): Problem {
  return new Problem(400, { type: `urn:keepwell:problem:${kind}` })
}

async function slotSecretOf(credential: PublicKeyCredential): Promise<string | null> {
  const computed = credential.getClientExtensionResults().prf?.results?.first
  if (!computed) return null
  const bytes = bytesOf(computed)
  const key = await crypto.subtle.importKey('raw', bytes, 'HKDF', false, ['deriveBits'])
  bytes.fill(0)
  const info = new TextEncoder().encode(SLOT_INFO)
  const derived = await crypto.subtle.deriveBits({ name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info }, key, 256)
  return toBase64Url(derived)
}

/** The credential as JSON, without anything that the authenticator computed. */
function sendable(credential: PublicKeyCredential): Record<string, never> {
  const whole = typeof credential.toJSON === 'function' ? (credential.toJSON() as object) : byHand(credential)
  const { prf: _, ...extensions } = { ...credential.getClientExtensionResults() }
  return { ...whole, clientExtensionResults: extensions } as unknown as Record<string, never>
}

/** What `toJSON` gives, for browsers without it. */
function byHand({ id, rawId, type, response, authenticatorAttachment }: PublicKeyCredential): object {
  const made = response as AuthenticatorAttestationResponse
  const shown = response as AuthenticatorAssertionResponse
  const parts =
    'attestationObject' in response
      ? { attestationObject: toBase64Url(made.attestationObject), transports: made.getTransports() }
      : {
          authenticatorData: toBase64Url(shown.authenticatorData),
          signature: toBase64Url(shown.signature),
          userHandle: shown.userHandle ? toBase64Url(shown.userHandle) : null,
        }
  return { id, rawId: toBase64Url(rawId), type, authenticatorAttachment, response: { clientDataJSON: toBase64Url(response.clientDataJSON), ...parts } }
}

function creationOptions(json: PublicKeyCredentialCreationOptionsJSON): PublicKeyCredentialCreationOptions {
  const parse = PublicKeyCredential.parseCreationOptionsFromJSON as typeof PublicKeyCredential.parseCreationOptionsFromJSON | undefined
  if (parse) return withPrf(parse.call(PublicKeyCredential, json), json)
  const { challenge, user, excludeCredentials, ...rest } = json
  return withPrf(
    {
      ...(rest as unknown as PublicKeyCredentialCreationOptions),
      challenge: fromBase64Url(challenge),
      user: { ...user, id: fromBase64Url(user.id) },
      excludeCredentials: descriptors(excludeCredentials),
    },
    json,
  )
}

function requestOptions(json: PublicKeyCredentialRequestOptionsJSON): PublicKeyCredentialRequestOptions {
  const parse = PublicKeyCredential.parseRequestOptionsFromJSON as typeof PublicKeyCredential.parseRequestOptionsFromJSON | undefined
  if (parse) return withPrf(parse.call(PublicKeyCredential, json), json)
  const { challenge, allowCredentials, ...rest } = json
  return withPrf(
    {
      ...(rest as unknown as PublicKeyCredentialRequestOptions),
      challenge: fromBase64Url(challenge),
      allowCredentials: descriptors(allowCredentials),
    },
    json,
  )
}

/** Not every browser that reads options as JSON reads this extension as well. */
function withPrf<Options extends PublicKeyCredentialCreationOptions | PublicKeyCredentialRequestOptions>(
  options: Options,
  { extensions }: { extensions?: object },
): Options {
  const input = (extensions as { prf?: { eval?: { first?: string } } } | undefined)?.prf?.eval?.first
  return { ...options, extensions: input ? { prf: { eval: { first: fromBase64Url(input) } } } : {} }
}

function descriptors(list: PublicKeyCredentialDescriptorJSON[] | undefined): PublicKeyCredentialDescriptor[] {
  return (list ?? []).map(({ id }) => ({ id: fromBase64Url(id), type: 'public-key' }))
}

function bytesOf(source: BufferSource): Uint8Array<ArrayBuffer> {
  const view = ArrayBuffer.isView(source) ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength) : new Uint8Array(source)
  return view as Uint8Array<ArrayBuffer>
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replace(/-/g, '+').replace(/_/g, '/'))
  return Uint8Array.from(binary, (letter) => letter.charCodeAt(0))
}

function toBase64Url(source: BufferSource): string {
  const binary = Array.from(bytesOf(source), (byte) => String.fromCharCode(byte)).join('')
  return btoa(binary).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
}
