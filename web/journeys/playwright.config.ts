// The browser journeys: a real browser against a running Keepwell.
//
// KEEPWELL_TEST_URL      where it runs (default https://localhost:8443)
// KEEPWELL_TEST_CA       the authority's certificate, when the server made its own (tls/authority.pem in its data folder)
// KEEPWELL_TEST_RESULTS  where what failed is shown (default test-results beside this folder)
// CHROMIUM               the browser (default chromium from PATH)

import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { defineConfig } from '@playwright/test'

const authority = process.env['KEEPWELL_TEST_CA']

/** The browser: the one that is named, or the first `chromium` on the way that programs are found. */
function chromium(): string {
  const named = process.env['CHROMIUM']
  if (named) return named
  const found = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'chromium')).find((path) => existsSync(path))
  if (!found) throw new Error('no chromium in PATH: install it, or say where it is with CHROMIUM')
  return found
}

/**
 * A home for the browser whose certificate store knows this one authority, so that chains are validated
 * as in real life and a wrong certificate fails the journey. Needs `certutil` (libnss3-tools).
 */
function homeThatTrusts(certificate: string): string {
  const name = createHash('sha256').update(readFileSync(certificate)).digest('hex').slice(0, 16)
  const home = join(tmpdir(), `keepwell-journeys-${name}`)
  const store = join(home, '.pki/nssdb')
  if (!existsSync(join(store, 'cert9.db'))) {
    mkdirSync(store, { recursive: true })
    execFileSync('certutil', ['-N', '-d', `sql:${store}`, '--empty-password'])
    execFileSync('certutil', ['-A', '-d', `sql:${store}`, '-t', 'C,,', '-n', 'keepwell', '-i', certificate])
  }
  return home
}

export default defineConfig({
  testDir: '.',
  outputDir: process.env['KEEPWELL_TEST_RESULTS'] ?? '../test-results',
  workers: 1,
  timeout: 90_000,
  expect: { timeout: 10_000 },
  forbidOnly: true,
  reporter: 'list',
  use: {
    baseURL: process.env['KEEPWELL_TEST_URL'] ?? 'https://localhost:8443',
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    viewport: { width: 1440, height: 900 },
    actionTimeout: 15_000,
    launchOptions: {
      ...(authority ? { env: { ...process.env, HOME: homeThatTrusts(authority) } as Record<string, string> } : {}),
      executablePath: chromium(),
      args: [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
})
