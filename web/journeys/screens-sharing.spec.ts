// The pages of sharing as people see them: 360 and 1440 pixels, light and dark.

import { mkdirSync } from 'node:fs'
import type { Page } from '@playwright/test'
import { expect, test } from './guarded'
import { part, signUp } from './person'
import { seed } from './seed'
import { folder, shoot } from './shoot'

/** Offers foods and sums by the API, and answers the link. */
async function offer(page: Page, parts: object[]): Promise<string> {
  return page.evaluate(async (given) => {
    const body = JSON.stringify({ your_name: 'Ana', for: 'Ben', purpose: 'Cooking together', parts: given })
    const answer = await fetch('/api/v1/sharing/invitations', { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    return ((await answer.json()) as { link: string }).link
  }, parts)
}

test('what is shared is photographed @screens', async ({ page, browser }) => {
  test.setTimeout(300_000)
  mkdirSync(folder, { recursive: true })
  await signUp(page)
  await seed(page)
  await page.goto('/sharing')
  await expect(page.getByText('You share nothing with anybody.')).toBeVisible()
  await shoot(page, 'sharing-empty')
  await page.getByRole('button', { name: 'Invite somebody' }).click()
  await page.getByRole('button', { name: 'Make the link' }).click()
  await page.getByLabel('Whom do you invite?').fill('Ben')
  await shoot(page, 'sharing-invite-missing', false)
  await page.getByLabel('Your name').fill('Ana')
  await page.getByRole('checkbox', { name: /Foods and drinks/ }).check()
  await page.getByRole('checkbox', { name: /May also add/ }).check()
  await page.getByRole('checkbox', { name: /Notes/ }).check()
  await page.getByLabel('First day').fill('2026-11-01')
  await page.getByRole('button', { name: 'Make the link' }).scrollIntoViewIfNeeded()
  await shoot(page, 'sharing-invite', false)
  await page.getByRole('button', { name: 'Make the link' }).click()
  await expect(page.getByTestId('link')).toBeVisible()
  await shoot(page, 'sharing-link', false)
  const link = (await page.getByTestId('link').innerText()).trim()
  await page.getByRole('button', { name: 'Done' }).click()
  await shoot(page, 'sharing-waits')

  const other = await (await browser.newContext({ locale: 'en-GB', timezoneId: 'Europe/Berlin', viewport: { width: 1440, height: 900 } })).newPage()
  await other.goto(link)
  await expect(other.getByTestId('parts-sentence')).toBeVisible()
  await shoot(other, 'offer-outside')
  await signUp(other)
  await other.goto(link)
  await expect(other.getByRole('button', { name: 'Accept' })).toBeVisible()
  await shoot(other, 'offer')
  await other.getByLabel('Your name').fill('Ben')
  await other.getByRole('button', { name: 'Accept' }).click()
  await expect(other.getByTestId('visit-bar')).toContainText("Ana's diary")
  await expect(part(other, 'Water')).toBeVisible()
  await other.getByRole('button', { name: 'Add 250 ml of water' }).click()
  await expect(part(other, 'Water')).toContainText('by you')
  await shoot(other, 'visit')
  await other.getByRole('link', { name: 'Trends' }).click()
  await expect(other.getByRole('table').last()).toBeVisible()
  await shoot(other, 'visit-trends')
  await other.getByRole('button', { name: 'Back to my diary' }).click()
  await expect(other.getByRole('combobox', { name: 'Whose diary' })).toBeVisible()
  await shoot(other, 'visit-own')
  await other.goto('/sharing')
  await expect(part(other, 'Diaries shared with you')).toBeVisible()
  await shoot(other, 'sharing-with-me')

  await page.goto('/sharing')
  await expect(page.getByTestId('shares')).toContainText('Ben')
  await expect(page.getByTestId('who-looked')).toContainText('Ben')
  await shoot(page, 'sharing')
  await page.getByRole('button', { name: 'Change what Ben can see' }).click()
  await expect(page.getByTestId('parts-sentence')).toBeVisible()
  await shoot(page, 'sharing-change', false)
  await page.keyboard.press('Escape')
  await page.getByRole('link', { name: 'Profile' }).click()
  await page.getByRole('radio', { name: 'Deutsch' }).check()
  await page.getByRole('link', { name: 'Bestimmen, wer sie sieht' }).click()
  await expect(page.getByRole('heading', { name: 'Wer meine Daten sieht', level: 1 })).toBeVisible()
  await shoot(page, 'sharing-de')
  await page.goto('/')
  await expect(part(page, 'Water')).toContainText('by Ben')

  // A diary of which only the fact of logging was given.
  const logged = await offer(page, [{ scope: 'logged', access: 'see' }])
  await other.goto(logged)
  await expect(other.getByText(/Ana wants to share/)).toBeVisible()
  await other.context().close()
})
