// A practice with three people, each in a browser of their own: its owner, a professional, a client. From opening
// it to the moment when the professional is removed.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from '@playwright/test'
import { axe } from './axe'
import { expect, test } from './guarded'
import { part, signUp } from './person'
import { seed } from './seed'

const folder = process.env['KEEPWELL_TEST_SCREENS']

/** Every page at both widths, light and dark, where a folder for the pictures is given. */
async function shoot(page: Page, name: string): Promise<void> {
  await axe(page)
  if (!folder) return
  mkdirSync(folder, { recursive: true })
  for (const [width, height] of [[360, 780], [1440, 900]] as const) {
    await page.setViewportSize({ width, height })
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await page.waitForTimeout(120)
      await page.screenshot({ path: join(folder, `${name}-${width}-${colorScheme}.png`), fullPage: true })
    }
  }
  await page.emulateMedia({ colorScheme: 'light' })
}

async function another(browser: Browser): Promise<Page> {
  return (await browser.newContext({ locale: 'en-GB', timezoneId: 'Europe/Berlin', viewport: { width: 1440, height: 900 } })).newPage()
}

async function toPractice(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Profile' }).click()
  await page.getByRole('link', { name: 'Work in a practice' }).click()
}

test('a practice is opened, let in, works with its client, and parts with a member', async ({ page, browser }) => {
  test.setTimeout(300_000)
  await signUp(page)
  await toPractice(page)
  await shoot(page, 'practice-none')
  await page.getByLabel('Name of the practice').fill('Practice by the lake')
  await page.getByLabel('Address').fill('Seestr. 1, Konstanz')
  await page.getByLabel('What it is').fill('Nutrition for people who walk.')
  await page.getByLabel('Your name there').fill('Dr. Kim')
  await page.getByRole('button', { name: 'Open the practice' }).click()
  await expect(page.getByTestId('members')).toContainText('Dr. Kim')
  const code = (await page.getByTestId('code').innerText()).trim()
  expect(code).toMatch(/^(\w{5}-){4}\w{5}$/)

  // A professional comes by a link.
  await page.getByRole('button', { name: 'Invite a member' }).click()
  const dialog = page.getByRole('dialog', { name: 'Invite a member' })
  await dialog.getByLabel('For whom').fill('Lee')
  await dialog.getByRole('button', { name: 'Make the link' }).click()
  const link = (await page.getByTestId('link').innerText()).trim()
  await page.getByRole('button', { name: 'Done' }).click()
  await shoot(page, 'practice-members')
  const lee = await another(browser)
  await signUp(lee)
  await lee.goto(link)
  await expect(lee.getByText('Dr. Kim invites you to Practice by the lake.')).toBeVisible()
  expect(new URL(lee.url()).hash).toBe('')
  await shoot(lee, 'practice-become-member')
  await lee.getByLabel('Your name there').fill('Lee')
  await lee.getByRole('button', { name: 'Become a member' }).click()
  await expect(lee.getByText('No clients yet')).toBeVisible()

  // A list of clients, with a report per line.
  await page.getByRole('radio', { name: 'Invite' }).check()
  await page.getByLabel('Or paste it here').fill('name,email,group\nAna Sommer,,lake\n=1+1,x@example.org,\nBen,no address,')
  await page.getByRole('button', { name: 'Invite all' }).click()
  const report = page.getByTestId('report')
  await expect(report).toContainText('1 person was invited; 2 things need mending.')
  await expect(report).toContainText('Line 3: the name is missing, too long, or begins like a formula.')
  await shoot(page, 'practice-invite')
  const invited = /https:\S+\/join#\S+/.exec(await report.innerText())?.[0] ?? ''

  // The client sees whom they would let in, and chooses.
  const ana = await another(browser)
  const person = await signUp(ana)
  await seed(ana)
  await ana.goto(invited)
  await expect(ana.getByRole('heading', { name: 'Practice by the lake' })).toBeVisible()
  await ana.getByLabel('How the practice calls you').fill('Ana')
  await ana.getByRole('checkbox', { name: /Foods and drinks/ }).check()
  await ana.getByRole('checkbox', { name: /Only the day's totals/ }).check()
  await expect(ana.getByTestId('parts-sentence')).toContainText('Practice by the lake can:')
  await shoot(ana, 'practice-join')
  await ana.getByRole('button', { name: 'Let them in' }).click()
  const proof = ana.getByRole('dialog', { name: 'Is it you?' })
  if (await proof.waitFor({ timeout: 1500 }).then(() => true, () => false)) {
    await proof.getByLabel('Password', { exact: true }).fill(person.password)
    await proof.getByRole('button', { name: 'Go on' }).click()
  }
  await expect(ana.getByTestId('shares')).toContainText('Practice by the lake')

  // The roster, the client, the diary as far as it was granted.
  await page.getByRole('radio', { name: 'Clients' }).check()
  await page.reload()
  await expect(page.getByTestId('roster')).toContainText('Ana Sommer')
  await expect(page.getByTestId('roster')).toContainText(/\d+ of 30 days logged/)
  await shoot(page, 'practice-roster')
  await page.getByRole('button', { name: /Ana Sommer/ }).click()
  await page.getByLabel('Note').fill('Walks on Mondays')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('The card is saved.')).toBeVisible()
  await page.getByRole('button', { name: 'Propose something' }).click()
  const proposal = page.getByRole('dialog', { name: 'Propose something' })
  await proposal.getByLabel('Nutrient').selectOption('protein')
  await proposal.getByLabel(/^At least/).fill('80')
  await axe(page)
  await proposal.getByRole('button', { name: 'Propose', exact: true }).click()
  await expect(page.getByTestId('proposals')).toContainText('at least 80 g a day')
  await page.getByLabel('Message to Ana Sommer').fill('Good to have you here.')
  await page.getByRole('button', { name: 'Send' }).click()
  await expect(page.getByTestId('messages')).toContainText('Good to have you here.')
  await shoot(page, 'practice-client')
  await page.getByRole('button', { name: 'Open the diary' }).click()
  await expect(page.getByTestId('visit-bar')).toContainText('Ana Sommer')
  await expect(part(page, 'Breakfast')).toBeVisible()
  await expect(page.getByText(/Slept well/)).toHaveCount(0)

  // The client answers.
  await ana.getByRole('link', { name: 'Profile' }).click()
  await ana.getByRole('link', { name: 'Messages and proposals' }).click()
  await expect(ana.getByTestId('messages')).toContainText('Good to have you here.')
  await ana.getByRole('button', { name: 'Accept' }).click()
  await expect(part(ana, 'Proposals')).toContainText('accepted')
  await ana.getByLabel('Message to Practice by the lake').fill('Thank you!')
  await ana.getByRole('button', { name: 'Send' }).click()
  await expect(ana.getByTestId('messages')).toContainText('Thank you!')
  await shoot(ana, 'practice-line')

  // Lee works with her too, and from the moment of being removed sees nothing.
  await lee.reload()
  await lee.getByRole('button', { name: /Ana Sommer/ }).click()
  await expect(lee.getByTestId('messages')).toContainText('Thank you!')
  await lee.getByRole('button', { name: 'Open the diary' }).click()
  await expect(part(lee, 'Breakfast')).toBeVisible()
  await page.goto('/practice')
  await page.getByRole('radio', { name: 'Members' }).check()
  await page.getByRole('button', { name: 'Remove Lee' }).click()
  const sure = page.getByRole('dialog', { name: 'Remove Lee' })
  await sure.getByRole('button', { name: 'Remove', exact: true }).click()
  await expect(page.getByText('Lee was removed.')).toBeVisible()
  await expect(page.getByTestId('code')).not.toContainText(code)
  await lee.keyboard.press('ArrowLeft')
  await expect(lee.getByTestId('visit-bar')).toHaveCount(0, { timeout: 20_000 })
  await lee.goto('/practice')
  await expect(lee.getByRole('heading', { name: 'Open a practice' })).toBeVisible()

  // Those who stay go on.
  await page.getByRole('radio', { name: 'Clients' }).check()
  await page.getByRole('button', { name: /Ana Sommer/ }).click()
  await expect(page.getByTestId('messages')).toContainText('Thank you!')
})
