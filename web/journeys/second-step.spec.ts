// An authenticator app beside the password: set up, asked for, lost, and taken away.

import type { Page } from '@playwright/test'
import { Authenticator } from './authenticator'
import { expect, test } from './guarded'
import { addAuthenticator, keepCode, part, signIn, signOut, signUp, toSecurity } from './person'

const NEW_PASSWORD = 'lamp oil 7'

/** Sends what was typed, as often as the server says to wait after wrong tries. */
async function open(page: Page): Promise<number> {
  for (;;) {
    const answered = page.waitForResponse('**/session/second-step')
    await page.getByRole('button', { name: 'Open my diary' }).click()
    const answer = await answered
    if (answer.status() !== 429) return answer.status()
    await page.waitForTimeout(Number(answer.headers()['retry-after']) * 1_000)
  }
}

async function showCode(page: Page, app: Authenticator): Promise<void> {
  await expect(page.getByRole('heading', { name: 'One more step' })).toBeVisible()
  await page.getByLabel('Code from your authenticator app').fill(await app.code())
  await open(page)
}

test('an authenticator app and single-use codes stand between a password and the diary', async ({ page }) => {
  test.setTimeout(300_000)
  const person = await signUp(page)
  await page.getByRole('button', { name: 'Add 250 ml of water' }).click()
  await expect(part(page, 'Water')).toContainText('250 ml')
  await expect(page.getByText('Saving…')).toHaveCount(0)
  const { app, codes } = await addAuthenticator(page, 'Old phone')

  await test.step('it stands in the list, and ten codes were given', async () => {
    expect(new Set(codes).size).toBe(10)
    const steps = part(page, 'Second steps')
    await expect(steps.getByText('Old phone')).toBeVisible()
    await expect(steps.getByText('10 codes are left.')).toBeVisible()
    await steps.getByRole('button', { name: 'More for Old phone' }).click()
    await page.getByRole('menuitem', { name: 'Rename…' }).click()
    await page.getByRole('dialog').getByLabel('Name').fill('Blue phone')
    await page.getByRole('button', { name: 'Save' }).click()
    await expect(steps.getByText('Blue phone')).toBeVisible()
  })

  await test.step('the password alone opens nothing, also not after loading the page anew', async () => {
    await signOut(page)
    await signIn(page, person)
    await expect(page.getByRole('heading', { name: 'One more step' })).toBeVisible()
    await expect(page.getByLabel('Code from your authenticator app')).toBeFocused()
    await page.goto('/trends')
    await expect(page.getByRole('heading', { name: 'One more step' })).toBeVisible()
    await page.getByLabel('Code from your authenticator app').fill(app.wrong())
    await open(page)
    await expect(page.getByText('This code is not right, or it was used already.')).toBeVisible()
    await showCode(page, app)
    await expect(page.getByRole('heading', { name: 'Trends' })).toBeVisible()
    await page.getByRole('link', { name: 'Diary', exact: true }).click()
    await expect(part(page, 'Water')).toContainText('250 ml')
  })

  await test.step('five wrong codes lead back to the beginning', async () => {
    await signOut(page)
    await signIn(page, person)
    for (let tries = 0; tries < 6; tries += 1) {
      await page.getByLabel('Code from your authenticator app').fill(app.wrong())
      if ((await open(page)) === 401) break
    }
    await expect(page.getByText('Too many tries, or too long a wait. Sign in once more.')).toBeVisible()
  })

  await test.step('a single-use code stands in for the app, once', async () => {
    await signIn(page, person)
    await page.getByRole('radio', { name: 'Single-use code' }).check()
    await page.getByRole('textbox', { name: 'Single-use code' }).fill(codes[0]?.toLowerCase() ?? '')
    await open(page)
    await expect(part(page, 'Water')).toContainText('250 ml')
    await signOut(page)
    await signIn(page, person)
    await page.getByRole('radio', { name: 'Single-use code' }).check()
    await page.getByRole('textbox', { name: 'Single-use code' }).fill(codes[0] ?? '')
    await open(page)
    await expect(page.getByText('This code is not right, or it was used already.')).toBeVisible()
    await page.getByRole('button', { name: 'Back to sign in' }).click()
    await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible()
  })

  await test.step('the recovery code opens the diary only together with the second step', async () => {
    await page.getByRole('link', { name: 'Forgot your password?' }).click()
    await expect(page.getByText('Nobody can reset it by e-mail')).toBeVisible()
    await page.getByLabel('E-mail').fill(person.email)
    await page.getByLabel('Recovery code or single-use code').fill(person.code)
    await page.getByRole('button', { name: 'Go on' }).click()
    await showCode(page, app)
    await expect(page.getByRole('heading', { name: 'Choose a new password' })).toBeVisible()
    await page.getByLabel('New password').fill('short')
    await page.getByRole('button', { name: 'Set the new password' }).click()
    await expect(page.getByText('Use at least 8 characters.')).toBeVisible()
    await page.getByLabel('New password').fill(NEW_PASSWORD)
    await page.getByRole('button', { name: 'Set the new password' }).click()
    expect(await keepCode(page)).not.toBe(person.code)
    await expect(part(page, 'Water')).toContainText('250 ml')
  })

  await test.step('the last second step is not taken away from a short password', async () => {
    await toSecurity(page)
    await part(page, 'Second steps').getByRole('button', { name: 'More for Blue phone' }).click()
    await page.getByRole('menuitem', { name: 'Remove…' }).click()
    await page.getByRole('dialog').getByLabel('Password', { exact: true }).fill(NEW_PASSWORD)
    await page.getByRole('button', { name: 'Remove', exact: true }).click()
    await expect(page.getByText('it has fewer than 15 characters')).toBeVisible()
    await page.getByRole('button', { name: 'Cancel' }).click()
    await expect(part(page, 'Second steps').getByText('Blue phone')).toBeVisible()
  })
})

test('what opens the diary is changed only by somebody who shows again who they are', async ({ page }) => {
  const person = await signUp(page)
  const { app } = await addAuthenticator(page, 'Phone')
  // As it is when five minutes have passed: the next request is told to prove first, and then let through.
  let asked = 0
  await page.route('**/account/single-use-codes', async (route) => {
    asked += 1
    if (asked > 1) return route.fallback()
    const body = JSON.stringify({ type: 'urn:keepwell:problem:prove-first', title: 'Forbidden', status: 403, detail: '' })
    await route.fulfill({ status: 403, contentType: 'application/problem+json', body })
  })
  const steps = part(page, 'Second steps')
  const dialog = page.getByRole('dialog', { name: 'Is it you?' })

  await test.step('giving it up changes nothing', async () => {
    await steps.getByRole('button', { name: 'Make ten new codes' }).click()
    await expect(dialog.getByLabel('Password', { exact: true })).toBeFocused()
    await page.keyboard.press('Escape')
    await expect(page.getByText('You did not show that it is you. Nothing was changed.')).toBeVisible()
    expect(asked).toBe(1)
    await expect(steps.getByText('10 codes are left.')).toBeVisible()
  })

  await test.step('a wrong password is refused, and the right one lets the request through', async () => {
    asked = 0
    await steps.getByRole('button', { name: 'Make ten new codes' }).click()
    await dialog.getByLabel('Password', { exact: true }).fill('not the password')
    await dialog.getByLabel('Code from your authenticator app').fill(await app.code())
    await dialog.getByRole('button', { name: 'Go on' }).click()
    await expect(dialog.getByText('This is not your password.')).toBeVisible()
    await dialog.getByLabel('Password', { exact: true }).fill(person.password)
    await dialog.getByLabel('Code from your authenticator app').fill(await app.code())
    await dialog.getByRole('button', { name: 'Go on' }).click()
    await expect(page.getByTestId('single-use-codes').getByRole('listitem')).toHaveCount(10)
    await expect(dialog).toHaveCount(0)
    expect(asked).toBe(2)
  })
})
