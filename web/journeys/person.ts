// What every journey begins with: a person of its own, signed up through the pages.

import { randomUUID } from 'node:crypto'
import { expect, type Locator, type Page } from '@playwright/test'
import { Authenticator } from './authenticator'

export interface Person {
  email: string
  password: string
  code: string
}

export function somebody(): Person {
  return { email: `ana-${randomUUID()}@example.org`, password: 'quiet leaves under glass', code: '' }
}

/** Reads the recovery code from the page and types its last group back. */
export async function keepCode(page: Page): Promise<string> {
  const shown = page.getByTestId('recovery-code')
  await expect(shown).toBeVisible({ timeout: 30_000 })
  const code = (await shown.innerText()).replace(/\s/g, '')
  await page.getByRole('textbox', { name: /last group/ }).fill((code.split('-').at(-1) ?? '').toLowerCase())
  await opening(page, () => page.getByRole('button', { name: /I have kept it/ }).click())
  await expect(page.getByRole('heading', { name: /Today/ })).toBeVisible()
  return code
}

/** Does what opens the diary, and waits for what the page asks by itself when it does. */
export async function opening(page: Page, act: () => Promise<void>): Promise<void> {
  const asked = page.waitForResponse((response) => response.url().endsWith('/api/v1/inbox/merge'))
  await act()
  await asked
}

export async function signUp(page: Page, person: Person = somebody()): Promise<Person> {
  await page.goto('/sign-up')
  await page.getByLabel('E-mail').fill(person.email)
  await page.getByLabel('Password', { exact: true }).fill(person.password)
  await page.getByRole('button', { name: 'Start your diary' }).click()
  return { ...person, code: await keepCode(page) }
}

export async function signIn(page: Page, { email, password }: Person): Promise<void> {
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

export async function signOut(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Profile' }).click()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await expect(page.getByText('You are signed out.')).toBeVisible()
}

export async function toSecurity(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Profile' }).click()
  await page.getByRole('link', { name: 'Look after security' }).click()
  await expect(part(page, 'Second steps').getByRole('button', { name: 'Add an authenticator app' })).toBeVisible()
}

/** Sets up an authenticator app, the first second step, on the page about security. */
export async function addAuthenticator(page: Page, name: string): Promise<{ app: Authenticator; codes: string[] }> {
  await toSecurity(page)
  await page.getByRole('button', { name: 'Add an authenticator app' }).click()
  const dialog = page.getByRole('dialog', { name: 'Add an authenticator app' })
  await dialog.getByText('Type the secret').click()
  const app = new Authenticator(await dialog.getByTestId('totp-secret').innerText())
  await dialog.getByLabel(/six digits/).fill(await app.code())
  await dialog.getByLabel('Name').fill(name)
  await dialog.getByRole('button', { name: 'Add', exact: true }).click()
  const shown = page.getByTestId('single-use-codes').getByRole('listitem')
  await expect(shown).toHaveCount(10)
  const codes = (await shown.allInnerTexts()).map((code) => code.trim())
  await page.getByRole('button', { name: 'I have kept them' }).click()
  await expect(page.getByRole('dialog')).toHaveCount(0)
  return { app, codes }
}

/** A meal, water or notes: the part of the day with this heading. */
export function part(page: Page, name: string): Locator {
  return page.getByRole('region', { name, exact: true })
}

export async function fromMenu(page: Page, entry: string, choice: string): Promise<void> {
  await page.getByRole('button', { name: `More for ${entry}` }).first().click()
  await page.getByRole('menuitem', { name: choice }).click()
}
