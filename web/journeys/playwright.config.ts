// The browser journeys: a real browser against a running Keepwell.
//
// KEEPWELL_URL  where it runs (default https://localhost:8443)
// KEEPWELL_CA   the authority's certificate, when the server made its own (tls/authority.pem in its data folder)

import { createHash, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { defineConfig } from '@playwright/test'

const authority = process.env['KEEPWELL_CA']

/** Makes the browser accept exactly the chains of this authority, and no other unknown one. */
function trust(pem: string): string {
  const spki = new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'der' })
  return `--ignore-certificate-errors-spki-list=${createHash('sha256').update(spki).digest('base64')}`
}

export default defineConfig({
  testDir: '.',
  outputDir: '../test-results',
  workers: 1,
  timeout: 90_000,
  expect: { timeout: 10_000 },
  forbidOnly: true,
  reporter: 'list',
  use: {
    baseURL: process.env['KEEPWELL_URL'] ?? 'https://localhost:8443',
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    viewport: { width: 1440, height: 900 },
    actionTimeout: 15_000,
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
      args: [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        ...(authority ? [trust(readFileSync(authority, 'utf8'))] : []),
      ],
    },
  },
})
