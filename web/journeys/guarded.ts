// A test whose page is watched all the time. It fails, whatever else happens, on a violation of the content
// security policy, on a script error, on a request to another host, and on anything left in the browser.

import { expect, test as base, type Page } from '@playwright/test'

const COOKIES = ['__Host-sid', '__Host-device']

async function watch(page: Page, found: string[], origin: string): Promise<void> {
  page.on('console', (message) => {
    const text = message.text()
    if (/content security policy|trusted ?types|TrustedHTML/i.test(text)) found.push(`console: ${text}`)
  })
  page.on('pageerror', (error) => found.push(`script error: ${error.message}`))
  page.on('request', (request) => {
    const url = new URL(request.url())
    const own = url.origin === origin || ['blob:', 'data:', 'about:'].includes(url.protocol)
    if (!own) found.push(`request to another host: ${url.origin}`)
  })
  await page.exposeFunction('reportViolation', (violation: string) => void found.push(`policy violation: ${violation}`))
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      const report = (globalThis as unknown as { reportViolation: (text: string) => void }).reportViolation
      report(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`)
    })
  })
}

/** What the browser holds beside the two cookies that are told of. Must be nothing. */
export async function leftBehind(page: Page): Promise<string[]> {
  const stored = await page.evaluate(async () => [
    ...Object.keys(localStorage).map((key) => `localStorage ${key}`),
    ...Object.keys(sessionStorage).map((key) => `sessionStorage ${key}`),
    ...(await indexedDB.databases()).map(({ name }) => `IndexedDB ${name}`),
    ...(await caches.keys()).map((key) => `cache ${key}`),
    ...(document.cookie === '' ? [] : [`cookie that scripts can read: ${document.cookie}`]),
    ...(history.state === null ? [] : ['history state']),
  ])
  const cookies = (await page.context().cookies()).filter(({ name }) => !COOKIES.includes(name))
  return [...stored, ...cookies.map(({ name }) => `cookie ${name}`)]
}

export const test = base.extend<{ guard: undefined }>({
  guard: [
    async ({ page, baseURL }, use) => {
      const found: string[] = []
      await watch(page, found, new URL(baseURL ?? '').origin)
      await use(undefined)
      if (page.url().startsWith('http')) found.push(...(await leftBehind(page)))
      expect(found).toEqual([])
    },
    { auto: true },
  ],
})

export { expect }
