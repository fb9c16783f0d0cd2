// Setting up security keys and passkeys.

import { api, ask } from '../api/client'
import { makeKey, useKey } from '../api/webauthn'

export interface AddedKey {
  opensDiary: boolean
  codes: string[] | null
}

/** Makes a key and adds it; one that computes its secret only when it signs is asked once more. */
export async function addKey(name: string): Promise<AddedKey> {
  const { ceremony, publicKey } = await ask(api.POST('/api/v1/account/second-steps/key/challenge'))
  const { credential, slotSecret, computesLater } = await makeKey(publicKey)
  const body = { ceremony, credential, name, slot_secret: slotSecret }
  const added = await ask(api.POST('/api/v1/account/second-steps/key', { body }))
  const codes = added.codes?.single_use_codes ?? null
  if (added.opens_diary || !computesLater) return { opensDiary: added.opens_diary, codes }
  // It is there by now, whatever comes of this, and its codes must be shown.
  const opensDiary = await giveSlot(added.factor).catch(() => false)
  return { opensDiary, codes }
}

/** Lets a key that is there open the diary alone; `false` when it computes no secret. */
export async function giveSlot(factor: string): Promise<boolean> {
  const params = { path: { factor } }
  const { ceremony, publicKey } = await ask(api.POST('/api/v1/account/second-steps/{factor}/slot/challenge', { params }))
  const { credential, slotSecret } = await useKey(publicKey)
  if (slotSecret === null) return false
  await ask(api.POST('/api/v1/account/second-steps/{factor}/slot', { params, body: { ceremony, credential, slot_secret: slotSecret } }))
  return true
}
