// What somebody types as a second step, on its way to the server.

import type { Way } from '../api/types'
import { t } from '../messages/index.svelte'

export type Typed = { totp: string } | { single_use_code: string }

/** Codes are read aloud and copied in groups; the spaces mean nothing. */
export function typedStep(way: Way, code: string): Typed {
  const plain = code.replace(/\s/g, '')
  return way === 'totp' ? { totp: plain } : { single_use_code: plain }
}

export function checkStep(way: Way, code: string): [string, string][] {
  const plain = code.replace(/\s/g, '')
  if (way === 'totp' && !/^\d{6}$/.test(plain)) return [['totp', t().secondStep.totpNeeded]]
  return way === 'single_use_code' && plain === '' ? [['single_use_code', t().secondStep.singleNeeded]] : []
}
