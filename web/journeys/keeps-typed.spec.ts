// What was typed survives a session that runs out and a server that cannot be reached.

import { expect, test } from './guarded'
import { opening, part, signIn, signUp } from './person'

test('typed text outlives the session and a lost connection', async ({ page, context }) => {
  const person = await signUp(page)

  await test.step('a note in an open form comes back after signing in again', async () => {
    await page.keyboard.press('n')
    await page.getByRole('textbox', { name: 'Note' }).fill('Half a thought')
    await context.clearCookies()
    await page.getByRole('button', { name: 'Save' }).click()
    await expect(page.getByText('You were signed out: on another device, or because the time of this session was over.')).toBeVisible()
    await expect(page.getByText('What you were typing is kept here')).toBeVisible()
    await expect(page.getByText('Half a thought')).toHaveCount(0)
    await opening(page, () => signIn(page, person))
    await expect(part(page, 'Notes')).toContainText('Half a thought')
    await expect(page.getByText('Not saved yet')).toHaveCount(0)
  })

  await test.step('an open search comes back, too', async () => {
    await page.keyboard.press('/')
    await context.clearCookies()
    await page.keyboard.type('chees')
    await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible()
    await opening(page, () => signIn(page, person))
    await expect(page.getByRole('combobox')).toHaveValue('chees')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')
    await expect(page.getByRole('dialog')).toHaveCount(0)
  })

  await test.step('an entry that could not be sent says so and is sent again', async () => {
    await page.route('**/entries', (route) => route.abort())
    await page.keyboard.press('w')
    await expect(part(page, 'Water')).toContainText('Not saved yet')
    await page.unroute('**/entries')
    await part(page, 'Water').getByRole('button', { name: 'Try again' }).click()
    await expect(part(page, 'Water')).not.toContainText('Not saved yet')
    await expect(part(page, 'Water')).toContainText('250 ml')
  })

  await test.step('somebody else finds nothing of it', async () => {
    await page.keyboard.press('n')
    await page.getByRole('textbox', { name: 'Note' }).fill('For me alone')
    await context.clearCookies()
    await page.getByRole('button', { name: 'Save' }).click()
    await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible()
    await page.getByRole('link', { name: 'Start your diary' }).click()
    await page.getByLabel('E-mail').fill(`ben-${person.email}`)
    await page.getByLabel('Password', { exact: true }).fill(person.password)
    await page.getByRole('button', { name: 'Start your diary' }).click()
    await expect(page.getByTestId('recovery-code')).toBeVisible({ timeout: 30_000 })
    const last = ((await page.getByTestId('recovery-code').innerText()).replace(/\s/g, '').split('-').at(-1) ?? '')
    await page.getByLabel(/last group/).fill(last)
    await page.getByRole('button', { name: /I have kept it/ }).click()
    await expect(page.getByRole('heading', { name: 'Nothing here yet' })).toBeVisible()
    await expect(page.getByText('For me alone')).toHaveCount(0)
    await expect(page.getByText('not saved yet')).toHaveCount(0)
  })
})
