// Two people side by side, each in a browser of their own: an invitation, a visit, an entry by a friend, and
// what is left when access is withdrawn.

import type { Browser, Page } from '@playwright/test'
import { axe } from './axe'
import { expect, test } from './guarded'
import { opening, part, signUp, somebody } from './person'
import { seed } from './seed'

async function toSharing(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Profile' }).click()
  await page.getByRole('link', { name: 'Look after who can see it' }).click()
  await expect(page.getByRole('heading', { name: 'Who can see my data', level: 1 })).toBeVisible()
}

async function prove(page: Page, password: string, act: () => Promise<void>): Promise<void> {
  await act()
  const dialog = page.getByRole('dialog', { name: 'Is it you?' })
  const shown = await dialog.waitFor({ timeout: 1500 }).then(() => true, () => false)
  if (!shown) return
  await dialog.getByLabel('Password', { exact: true }).fill(password)
  await dialog.getByRole('button', { name: 'Go on' }).click()
}

/** Invites Ben to write foods of all days, and hands over the link. */
async function invite(page: Page, password: string): Promise<string> {
  await page.getByRole('button', { name: 'Invite somebody' }).click()
  const dialog = page.getByRole('dialog', { name: 'Invite somebody' })
  await dialog.getByRole('button', { name: 'Make the link' }).click()
  await expect(dialog.getByText('Choose at least one part.')).toBeVisible()
  await dialog.getByLabel('Whom do you invite?').fill('Ben')
  await dialog.getByLabel('Your name').fill('Ana')
  await dialog.getByLabel('What for (may be empty)').fill('Cooking together')
  await dialog.getByRole('checkbox', { name: /Foods and drinks/ }).check()
  await dialog.getByRole('checkbox', { name: 'May also add and change' }).check()
  await expect(dialog.getByTestId('parts-sentence')).toContainText('Ben can:')
  await expect(dialog.getByTestId('parts-sentence')).toContainText("see and change foods and drinks, the day's totals and which days were logged, all days")
  await axe(page)
  await prove(page, password, () => dialog.getByRole('button', { name: 'Make the link' }).click())
  const link = await page.getByTestId('link').innerText()
  await page.getByRole('button', { name: 'Done' }).click()
  await expect(part(page, 'Invitations that wait')).toContainText('Ben')
  return link.trim()
}

/** Another browser, with nothing of the first one's. */
async function another(browser: Browser): Promise<Page> {
  return (await browser.newContext({ locale: 'en-GB', timezoneId: 'Europe/Berlin', viewport: { width: 1440, height: 900 } })).newPage()
}

test('a friend is invited, sees exactly what was given, writes, and sees nothing once it is withdrawn', async ({ page, browser }) => {
  test.setTimeout(240_000)
  const ana = await signUp(page)
  await page.getByRole('button', { name: 'Add 250 ml of water' }).click()
  await expect(part(page, 'Water')).toContainText('250 ml')
  await page.keyboard.press('n')
  await page.getByRole('textbox', { name: 'Note' }).fill('For Ana alone')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(part(page, 'Notes')).toContainText('For Ana alone')
  await toSharing(page)
  const link = await invite(page, ana.password)
  await axe(page)

  // Ben has no account: he sees what is offered, signs up, and does not lose the invitation.
  const other = await another(browser)
  await other.goto(link)
  await expect(other.getByText('Ana wants to share a part of their diary with you.')).toBeVisible()
  await expect(other.getByText('For: Cooking together')).toBeVisible()
  await expect(other.getByTestId('parts-sentence')).toContainText('see and change foods and drinks')
  expect(new URL(other.url()).hash).toBe('')
  await axe(other)
  const ben = somebody()
  await other.getByRole('link', { name: 'Open an account' }).click()
  await other.getByLabel('E-mail').fill(ben.email)
  await other.getByLabel('Password', { exact: true }).fill(ben.password)
  await other.getByRole('button', { name: 'Start your diary' }).click()
  const code = (await other.getByTestId('recovery-code').innerText({ timeout: 30_000 })).replace(/\s/g, '')
  await other.getByRole('textbox', { name: /last group/ }).fill(code.split('-').at(-1) ?? '')
  await opening(other, () => other.getByRole('button', { name: /I have kept it/ }).click())
  await other.getByLabel('Your name').fill('Ben')
  await other.getByRole('button', { name: 'Accept' }).click()

  // Her diary, in a colour of its own: her water, and no word of her notes.
  const bar = other.getByTestId('visit-bar')
  await expect(bar).toContainText("Ana's diary")
  await expect(bar).toContainText('to see and change')
  await expect(part(other, 'Water')).toContainText('250 ml')
  await expect(other.getByText('For Ana alone')).toHaveCount(0)
  await expect(part(other, 'Notes')).toHaveCount(0)
  await axe(other)
  await other.getByRole('button', { name: 'Add 250 ml of water' }).click()
  await expect(part(other, 'Water')).toContainText('500 ml')
  await expect(part(other, 'Water')).toContainText('by you')

  // His own diary has none of it.
  await bar.getByRole('button', { name: 'Back to my diary' }).click()
  await expect(other.getByRole('heading', { name: 'Nothing here yet' })).toBeVisible()
  await expect(part(other, 'Water')).not.toContainText('ml,')
  await expect(part(other, 'Notes')).toBeVisible()
  await other.getByRole('combobox', { name: 'Whose diary' }).selectOption({ label: "Ana's diary" })
  await expect(part(other, 'Water')).toContainText('500 ml')

  // Ana sees who wrote it, and who looked.
  await page.goto('/')
  await expect(part(page, 'Water')).toContainText('by Ben')
  await toSharing(page)
  await expect(page.getByTestId('shares')).toContainText('Ben')
  await expect(page.getByTestId('shares')).toContainText('Looked last')
  await expect(page.getByTestId('who-looked')).toContainText('Ben')
  await axe(page)
  await prove(page, ana.password, () => page.getByRole('button', { name: 'Withdraw everything from Ben' }).click())
  await expect(page.getByText('You share nothing with anybody.')).toBeVisible()

  // His open page shows nothing of hers with the next look, whatever it held.
  await other.keyboard.press('ArrowLeft')
  await expect(other.getByText("You can see nothing of Ana's diary any more.")).toBeVisible()
  await expect(bar).toHaveCount(0)
  await expect(part(other, 'Water')).not.toContainText('500 ml')
  await expect(other.getByRole('heading', { name: 'Nothing here yet' })).toBeVisible()
  // The link was good for once.
  await other.goto(link)
  await expect(other.getByText('There is no such invitation, or it is over.')).toBeVisible()
  await other.context().close()
})

test('an invitation that is taken back is worth nothing, and an open page stops by itself', async ({ page, browser }) => {
  test.setTimeout(240_000)
  const ana = await signUp(page)
  await toSharing(page)
  const link = await invite(page, ana.password)
  await page.getByRole('button', { name: 'Take back the invitation of Ben' }).click()
  await expect(part(page, 'Invitations that wait')).toHaveCount(0)
  const other = await another(browser)
  await other.goto(link)
  await expect(other.getByText('There is no such invitation, or it is over.')).toBeVisible()
  await other.goto('/invitation')
  await expect(other.getByText('Open the link once more.')).toBeVisible()
  await other.context().close()
})

test('a slice shows that slice: only that something was logged, or only the sums', async ({ page, browser }) => {
  test.setTimeout(240_000)
  await signUp(page)
  await seed(page)
  const offer = (scope: string) =>
    page.evaluate(async (given) => {
      const parts = [{ scope: given, access: 'see' }]
      const body = JSON.stringify({ your_name: 'Ana', for: 'Ben', purpose: '', parts })
      const answer = await fetch('/api/v1/sharing/invitations', { method: 'POST', headers: { 'content-type': 'application/json' }, body })
      return ((await answer.json()) as { link: string }).link
    }, scope)
  const accept = async (other: Page, link: string) => {
    await signUp(other)
    await other.goto(link)
    await other.getByLabel('Your name').fill('Ben')
    await other.getByRole('button', { name: 'Accept' }).click()
    await expect(other.getByTestId('visit-bar')).toContainText("Ana's diary")
  }

  const logged = await another(browser)
  await accept(logged, await offer('logged'))
  await expect(logged.getByRole('heading', { name: /^This day was logged/ })).toBeVisible()
  await expect(logged.getByRole('link', { name: 'Trends' })).toHaveCount(0)
  await expect(logged.getByRole('button', { name: 'Add', exact: true })).toHaveCount(0)
  await expect(part(logged, 'Water')).toHaveCount(0)
  await axe(logged)
  await logged.context().close()

  const sums = await another(browser)
  await accept(sums, await offer('summary'))
  await expect(sums.getByRole('heading', { name: 'Trends', level: 1 })).toBeVisible()
  await sums.getByText('The numbers behind: Energy').click()
  await expect(sums.getByRole('table', { name: /Energy/ })).toContainText('1,884')
  await sums.getByRole('link', { name: 'Diary' }).click()
  await expect(sums.getByRole('heading', { name: 'You were not given this day.' })).toBeVisible()
  await sums.context().close()
})
