// The digits that unlock a session on this device.

import { t } from '../messages/index.svelte'

export function checkPin(pin: string): [string, string][] {
  return /^\d{6,12}$/.test(pin) ? [] : [['pin', t().lock.digits]]
}
