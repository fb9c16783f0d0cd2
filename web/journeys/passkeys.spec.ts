// Passkeys and security keys, with the authenticators that Chromium brings for tests.

import type { Page } from '@playwright/test'
import { expect, leftBehind, test } from './guarded'
import { part, signIn, signOut, signUp, toSecurity } from './person'
import { plugIn } from './security-key'

/** Everything that the page sends, to be looked through for what must stay in the browser. */
async function overhear(page: Page): Promise<string[]> {
  const sent: string[] = []
  await page.exposeFunction('heard', (body: string) => void sent.push(body))
  await page.addInitScript(() => {
    const real = fetch
    globalThis.fetch = async (input, init) => {
      if (input instanceof Request) (globalThis as unknown as { heard: (body: string) => void }).heard(await input.clone().text())
      return real(input, init)
    }
  })
  return sent
}

async function addKey(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Add a passkey or security key' }).click()
  const dialog = page.getByRole('dialog', { name: 'Add a passkey or security key' })
  await dialog.getByLabel('Name').fill(name)
  await dialog.getByRole('button', { name: 'Go on' }).click()
}

async function keepCodes(page: Page): Promise<void> {
  await expect(page.getByTestId('single-use-codes').getByRole('listitem')).toHaveCount(10)
  await page.getByRole('button', { name: 'I have kept them' }).click()
}

test('a passkey with a secret of its own opens the diary without a password, until it is removed', async ({ page }) => {
  test.setTimeout(180_000)
  await plugIn(page, { verifies: true, computes: true })
  const sent = await overhear(page)
  const person = await signUp(page)
  await page.getByRole('button', { name: 'Add 250 ml of water' }).click()
  await expect(part(page, 'Water')).toContainText('250 ml')
  await toSecurity(page)

  await test.step('it is added', async () => {
    await addKey(page, 'Key ring')
    await keepCodes(page)
    await expect(page.getByText('Added. It opens the diary without a password.')).toBeVisible()
    await expect(part(page, 'Second steps')).toContainText('Passkey: opens the diary without a password')
  })

  await test.step('it signs in alone', async () => {
    await signOut(page)
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    await expect(part(page, 'Water')).toContainText('250 ml')
    await toSecurity(page)
    await expect(part(page, 'Sessions and devices').getByRole('listitem').first()).toContainText('with passkey')
    expect(await leftBehind(page)).toEqual([])
  })

  await test.step('it proves who one is, and unlocks', async () => {
    let asked = 0
    await page.route('**/account/single-use-codes', async (route) => {
      asked += 1
      if (asked > 1) return route.fallback()
      const body = JSON.stringify({ type: 'urn:keepwell:problem:prove-first', title: 'Forbidden', status: 403, detail: '' })
      await route.fulfill({ status: 403, contentType: 'application/problem+json', body })
    })
    await page.getByRole('button', { name: 'Make ten new codes' }).click()
    await page.getByRole('button', { name: 'Use a passkey' }).click()
    await keepCodes(page)
    await page.getByRole('link', { name: 'Profile' }).click()
    await page.getByRole('button', { name: 'Lock now' }).click()
    await expect(page.getByRole('heading', { name: 'Locked' })).toBeVisible()
    await page.getByRole('button', { name: 'Unlock with a passkey or security key' }).click()
    await expect(page.getByRole('heading', { name: 'Profile' })).toBeVisible()
  })

  await test.step('nothing that the authenticator computed was sent', () => {
    expect(sent.filter((body) => /"slot_secret":"[\w-]{43}"/.test(body)).length).toBeGreaterThan(2)
    expect(sent.filter((body) => /"prf"|"results"/.test(body))).toEqual([])
  })

  await test.step('with the password it is the second step', async () => {
    await signOut(page)
    await signIn(page, person)
    await page.getByRole('button', { name: 'Open my diary' }).click()
    await expect(page.getByRole('heading', { name: 'Profile' }).or(page.getByRole('heading', { name: /Today/ }))).toBeVisible()
  })

  await test.step('once removed it opens nothing', async () => {
    await toSecurity(page)
    await part(page, 'Second steps').getByRole('button', { name: 'More for Key ring' }).click()
    await page.getByRole('menuitem', { name: 'Remove…' }).click()
    await page.getByRole('dialog').getByLabel('Password', { exact: true }).fill(person.password)
    await page.getByRole('button', { name: 'Remove', exact: true }).click()
    await expect(page.getByText('You have none yet.')).toBeVisible()
    await signOut(page)
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    await expect(page.getByRole('alert')).toContainText('This passkey opens no diary here.')
  })
})

test('a key without a secret is a second step after the password', async ({ page }) => {
  test.setTimeout(180_000)
  await plugIn(page, { verifies: true, computes: false })
  const person = await signUp(page)
  await toSecurity(page)

  await test.step('the page says so when it is added', async () => {
    await addKey(page, 'Old key')
    await keepCodes(page)
    await expect(page.getByText('It cannot open the diary by itself: your password comes first.')).toBeVisible()
    await expect(part(page, 'Second steps')).toContainText('Security key: a second step after your password')
    await addKey(page, 'The same')
    await expect(page.getByRole('dialog').getByRole('alert')).toContainText('This key is in your list already.')
    await page.keyboard.press('Escape')
  })

  await test.step('it does not sign in alone', async () => {
    await signOut(page)
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    await expect(page.getByRole('alert')).toContainText('it is a second step')
  })

  await test.step('after the password it opens the diary', async () => {
    await signIn(page, person)
    await expect(page.getByText('your browser asks for your security key')).toBeVisible()
    await page.getByRole('button', { name: 'Open my diary' }).click()
    await expect(page.getByRole('heading', { name: /Today/ })).toBeVisible()
  })
})

test('a key that does not verify its person is a second step only', async ({ page }) => {
  await plugIn(page, { verifies: false, computes: false })
  const person = await signUp(page)
  await toSecurity(page)
  await addKey(page, 'Touch only')
  await keepCodes(page)
  await expect(part(page, 'Second steps')).toContainText('Security key: a second step after your password')
  await signOut(page)
  await signIn(page, person)
  await page.getByRole('button', { name: 'Open my diary' }).click()
  await expect(page.getByRole('heading', { name: /Today/ })).toBeVisible()
})

test('a passkey in the hands of somebody else opens nothing', async ({ page }) => {
  const { takesPin } = await plugIn(page, { verifies: true, computes: true })
  await signUp(page)
  await toSecurity(page)
  await addKey(page, 'Key ring')
  await keepCodes(page)
  await signOut(page)
  await takesPin(false)
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await expect(page.getByRole('alert')).toContainText('No key was shown. Nothing was changed; try again.')
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible()
})
