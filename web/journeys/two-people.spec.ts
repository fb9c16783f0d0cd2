// One browser, two people: windows share the cookie, and never a diary.

import { expect, test } from './guarded'
import { part, signIn, signUp, somebody } from './person'

test('somebody else who signs in closes the diary of the one before, in every window', async ({ page, context }) => {
  test.setTimeout(240_000)
  const ana = await signUp(page)
  await page.keyboard.press('n')
  await page.getByRole('textbox', { name: 'Note' }).fill('For Ana alone')

  const other = await context.newPage()
  await other.goto('/')
  await expect(part(other, 'Water')).toBeVisible()
  await other.getByRole('link', { name: 'Profile' }).click()
  // The cookie goes as it does when a session ends elsewhere: the first window hears nothing of it.
  await context.clearCookies()
  await other.goto('/sign-up')
  const ben = await signUp(other, somebody())

  await expect(page.getByText('Somebody else signed in with this browser')).toBeVisible()
  await expect(page.getByText('For Ana alone')).toHaveCount(0)
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await expect(other.getByRole('heading', { name: 'Nothing here yet' })).toBeVisible()

  await signIn(page, ana)
  await expect(part(page, 'Notes')).toBeVisible()
  await expect(page.getByText('For Ana alone')).toHaveCount(0)
  await expect(other.getByText('Somebody else signed in with this browser')).toBeVisible()
  await signIn(other, ben)
  await expect(part(other, 'Water')).toBeVisible()
})

test('the server refuses what one window asks for while the cookie is somebody else’s', async ({ page, context }) => {
  await signUp(page)
  const person = await page.evaluate(async () => ((await (await fetch('/api/v1/session')).json()) as { person_id: string }).person_id)
  const ask = (whom: string) => page.evaluate(async (id) => (await fetch('/api/v1/session', { headers: { 'keepwell-person': id } })).status, whom)
  expect(await ask(person)).toBe(200)
  expect(await ask('00000000-0000-7000-8000-000000000000')).toBe(409)
  expect((await context.cookies()).map(({ name }) => name).sort()).toEqual(['__Host-device', '__Host-sid'])
})

test('nothing can be undone after signing out', async ({ page }) => {
  const person = await signUp(page)
  await page.getByRole('button', { name: 'Add 250 ml of water' }).click()
  await expect(part(page, 'Water')).toContainText('250 ml')
  await expect(page.getByText('Saving…')).toHaveCount(0)
  await part(page, 'Water').getByRole('button', { name: /^More for/ }).click()
  await page.getByRole('menuitem', { name: 'Remove' }).click()
  await expect(page.getByRole('button', { name: 'Undo' })).toBeVisible()
  await page.getByRole('link', { name: 'Profile' }).click()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await expect(page.getByText('You are signed out.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Undo' })).toHaveCount(0)
  await signIn(page, person)
  await expect(part(page, 'Water')).not.toContainText('250 ml,')
  await expect(page.getByRole('button', { name: 'Undo' })).toHaveCount(0)
})
