// Where one is signed in: ending it elsewhere, another password, another address, locking.

import { expect, leftBehind, test } from './guarded'
import { part, signIn, signOut, signUp, toSecurity } from './person'

const PIN = '274951'

test('a session is ended from another device, which is thrown out', async ({ page, browser }) => {
  test.setTimeout(240_000)
  const person = await signUp(page)
  const elsewhere = await browser.newContext()
  const other = await elsewhere.newPage()
  await other.goto('/sign-in')
  await signIn(other, person)
  await expect(part(other, 'Water')).toBeVisible()

  await test.step('both stand in the list, with how they came about', async () => {
    await toSecurity(page)
    const sessions = part(page, 'Sessions and devices')
    await expect(sessions.getByRole('listitem')).toHaveCount(2)
    await expect(sessions.getByRole('listitem').first()).toContainText('This one')
    await expect(sessions.getByRole('listitem').nth(1)).toContainText(/Signed in .* with password\./)
  })

  await test.step('what happened is told of', async () => {
    const notices = part(page, 'What happened to your account')
    await expect(notices.getByText('Signed in from a new device').first()).toBeVisible()
  })

  await test.step('the other one is ended, and what it shows goes with it', async () => {
    await part(page, 'Sessions and devices').getByRole('button', { name: /^Sign out .*(Chrome|device)/ }).click()
    await expect(part(page, 'Sessions and devices').getByRole('listitem')).toHaveCount(1)
    await other.getByRole('link', { name: 'Trends' }).click()
    await expect(other.getByText('You were signed out: on another device')).toBeVisible()
    await expect(other.getByRole('heading', { name: 'Sign in' })).toBeVisible()
  })

  await test.step('another password ends every other session', async () => {
    await signIn(other, person)
    await expect(other.getByRole('heading', { name: 'Trends' })).toBeVisible()
    await page.getByRole('button', { name: 'Change the password' }).click()
    const dialog = page.getByRole('dialog', { name: 'Change the password' })
    await dialog.getByLabel('Present password').fill('this is not the password')
    await dialog.getByLabel('New password').fill('an entirely different one')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await expect(dialog.getByText('This is not your password.')).toBeVisible()
    await dialog.getByLabel('Present password').fill(person.password)
    await dialog.getByRole('button', { name: 'Save' }).click()
    await expect(page.getByText('The password is changed.')).toBeVisible()
    await other.getByRole('link', { name: 'Diary', exact: true }).click()
    // Whatever is asked next throws it out: what the page asks by itself, or another day.
    const out = other.getByRole('heading', { name: 'Sign in' })
    await expect(other.getByRole('button', { name: 'Next day' }).or(out)).toBeVisible()
    if (!(await out.isVisible())) await other.keyboard.press('ArrowRight')
    await expect(out).toBeVisible()
    await signIn(other, person)
    await expect(other.getByRole('alert')).toContainText('E-mail or password is not right.')
  })

  await test.step('the address is changed, and signs in from then on', async () => {
    const email = `moved-${person.email}`
    await page.getByRole('button', { name: 'Change the address' }).click()
    const dialog = page.getByRole('dialog', { name: 'Change the address' })
    await dialog.getByLabel('New e-mail address').fill(email)
    await dialog.getByRole('button', { name: 'Go on' }).click()
    await expect(dialog.getByText(email)).toBeVisible()
    await dialog.getByLabel('Password', { exact: true }).fill('an entirely different one')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await expect(page.getByText('Your address is changed.')).toBeVisible()
    await expect(part(page, 'E-mail')).toContainText(email)
    await signOut(page)
    await signIn(page, { ...person, email, password: 'an entirely different one' })
    await expect(page.getByRole('heading', { name: /Today/ })).toBeVisible()
  })
  await elsewhere.close()
})

test('a locked diary shows nothing, keeps what was typed, and opens by PIN', async ({ page, context }) => {
  const person = await signUp(page)
  await toSecurity(page)

  await test.step('a PIN is set', async () => {
    await page.getByRole('button', { name: 'Set a PIN' }).click()
    const dialog = page.getByRole('dialog', { name: 'A PIN for this device' })
    await dialog.getByLabel('PIN', { exact: true }).fill('123456')
    await dialog.getByLabel('The PIN once more').fill('123456')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await expect(dialog.getByText('that are not a row').first()).toBeVisible()
    await dialog.getByLabel('PIN', { exact: true }).fill(PIN)
    await dialog.getByLabel('The PIN once more').fill(PIN)
    await dialog.getByRole('button', { name: 'Save' }).click()
    await expect(page.getByText('The PIN is set.')).toBeVisible()
  })

  const other = await context.newPage()
  await other.goto('/')
  await expect(part(other, 'Water')).toBeVisible()
  await other.keyboard.press('n')
  await other.getByRole('textbox', { name: 'Note' }).fill('Half a thought')

  await test.step('locking hides the diary in every window', async () => {
    await page.getByRole('link', { name: 'Profile' }).click()
    await page.getByRole('button', { name: 'Lock now' }).click()
    for (const window of [page, other]) {
      await expect(window.getByRole('heading', { name: 'Locked' })).toBeVisible()
      expect(await window.content()).not.toContain(person.email)
      expect(await window.content()).not.toContain('Half a thought')
    }
    await page.goto('/trends')
    await expect(page.getByRole('heading', { name: 'Locked' })).toBeVisible()
    expect(await leftBehind(page)).toEqual([])
  })

  await test.step('a wrong PIN opens nothing, the right one opens both windows', async () => {
    await expect(page.getByLabel('PIN')).toBeVisible()
    await page.getByLabel('PIN').fill('739205')
    await page.getByRole('button', { name: 'Unlock', exact: true }).click()
    await expect(page.getByText('This is not the PIN of this device.')).toBeVisible()
    await page.getByLabel('PIN').fill(PIN)
    await page.getByRole('button', { name: 'Unlock', exact: true }).click()
    await expect(page.getByRole('heading', { name: 'Trends' })).toBeVisible()
    await expect(other.getByRole('textbox', { name: 'Note' })).toHaveValue('Half a thought')
  })

  await test.step('five wrong ones end the session', async () => {
    await other.close()
    await page.getByRole('link', { name: 'Profile' }).click()
    await page.getByRole('button', { name: 'Lock now' }).click()
    for (let tries = 0; tries < 6; tries += 1) {
      await page.getByLabel('PIN').fill('739205')
      const answered = page.waitForResponse('**/session/unlock')
      await page.getByRole('button', { name: 'Unlock', exact: true }).click()
      if ((await answered).status() === 401) break
    }
    await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible()
    await signIn(page, person)
    await expect(page.getByRole('heading', { name: 'Profile' })).toBeVisible()
  })
})

test('how long a diary stays open without use is chosen', async ({ page }) => {
  await signUp(page)
  await toSecurity(page)
  const closing = part(page, 'Closing and locking')
  await expect(closing.getByRole('radio', { name: '15 min' })).toBeChecked()
  await closing.getByRole('radio', { name: '5 min', exact: true }).check()
  await page.getByRole('link', { name: 'Profile' }).click()
  await expect(page.getByText('After 5 minutes without use')).toBeVisible()
  await page.goto('/security')
  await expect(closing.getByRole('radio', { name: '5 min', exact: true })).toBeChecked()
})

test('a token lets a program do what was chosen, until it is ended', async ({ page, browser }) => {
  await signUp(page)
  await toSecurity(page)
  const tokens = part(page, 'API tokens')
  await expect(tokens.getByText('There are none.')).toBeVisible()
  await page.getByRole('button', { name: 'Make a token' }).click()
  const dialog = page.getByRole('dialog', { name: 'Make a token' })
  await dialog.getByRole('button', { name: 'Make it' }).click()
  await expect(dialog.getByText('Give it a name')).toBeVisible()
  await dialog.getByLabel('Name').fill('Kitchen scale')
  await dialog.getByRole('radio', { name: 'Read', exact: false }).first().check()
  await dialog.getByRole('button', { name: 'Make it' }).click()
  const token = (await page.getByTestId('token').innerText()).trim()
  await page.getByRole('button', { name: 'I have kept it' }).click()
  await expect(tokens).toContainText('Read: What you ate and drank')
  await expect(page.getByText(token)).toHaveCount(0)

  const elsewhere = await browser.newContext()
  const program = await elsewhere.newPage()
  await program.goto('/sign-in')
  const status = (path: string) =>
    program.evaluate(async ({ path, token }) => (await fetch(path, { headers: { authorization: `Bearer ${token}` } })).status, { path, token })
  expect(await status('/api/v1/days/2026-01-01')).toBe(200)
  expect(await status('/api/v1/session/all')).toBe(403)
  await tokens.getByRole('button', { name: 'End Kitchen scale' }).click()
  await expect(tokens.getByText('There are none.')).toBeVisible()
  expect(await status('/api/v1/days/2026-01-01')).toBe(401)
  await elsewhere.close()
})
