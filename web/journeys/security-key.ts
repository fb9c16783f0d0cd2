// A security key as Chromium brings it for tests: it is touched by itself.

import type { Page } from '@playwright/test'

export interface Kind {
  /** Asks for a PIN or a finger, and knows who it belongs to. */
  verifies: boolean
  /** Computes the secret that opens the diary alone (PRF). */
  computes: boolean
}

export interface Plugged {
  /** From here on it takes its PIN, or refuses it. */
  takesPin: (isUserVerified: boolean) => Promise<void>
  unplug: () => Promise<void>
}

/** Plugs a security key in, in place of the last one. */
export async function plugIn(page: Page, { verifies, computes }: Kind): Promise<Plugged> {
  const browser = await page.context().newCDPSession(page)
  await browser.send('WebAuthn.enable')
  const { authenticatorId } = await browser.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      ctap2Version: 'ctap2_1',
      transport: 'usb',
      hasResidentKey: verifies,
      hasUserVerification: verifies,
      isUserVerified: verifies,
      hasPrf: computes,
      automaticPresenceSimulation: true,
    },
  })
  return {
    takesPin: async (isUserVerified) => void (await browser.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified })),
    unplug: async () => void (await browser.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId })),
  }
}
