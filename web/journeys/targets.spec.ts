// Somebody tells about themselves, gets targets, sets their own, and sees a day's share of them; then hides
// what they do not want to see.

import type { Page } from '@playwright/test'
import { axe } from './axe'
import { expect, test } from './guarded'
import { part, signUp } from './person'
import { seed } from './seed'

/** Waits until a change was kept. */
async function kept(page: Page, act: () => Promise<unknown>): Promise<void> {
  const answer = page.waitForResponse((response) => response.request().method() === 'PUT' && /\/api\/v1\/(plan|settings)$/.test(response.url()))
  await act()
  expect((await answer).status()).toBe(200)
}

async function tell(page: Page, label: string, text: string): Promise<void> {
  const field = page.getByLabel(label, { exact: true })
  await field.fill(text)
  await kept(page, () => field.press('Tab'))
}

test('targets follow from what one tells, and a day shows its share of them', async ({ page }) => {
  test.setTimeout(120_000)
  await signUp(page)
  await seed(page)
  await page.goto('/')
  await page.getByRole('link', { name: 'Set a target' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Targets' })).toBeVisible()
  await expect(part(page, 'Energy')).toContainText('No energy target yet.')
  await axe(page)

  await tell(page, 'Year of birth', '1990')
  await expect(part(page, 'Energy')).toContainText(/It needs: sex, height, weight,? and how much you move\./)
  await kept(page, () => page.getByRole('radio', { name: 'Female' }).check())
  await tell(page, 'Height', '168')
  await tell(page, 'Weight', '64,5')
  await kept(page, () => page.getByLabel('How much you move').selectOption('light'))
  const energy = part(page, 'Energy')
  // Mifflin-St Jeor: 645 + 1050 - 180 - 161 = 1354 at rest, 1862 with moving.
  await expect(energy).toContainText('1,354 kcal')
  await expect(energy).toContainText('1,862 kcal')
  await expect(energy).toContainText('American Journal of Clinical Nutrition 51 (1990) 241')
  await kept(page, () => page.getByRole('radio', { name: 'Lose' }).check())
  await expect(energy).toContainText('−275 kcal')
  await tell(page, 'kg a week', '1')
  await expect(energy).toContainText('so the target stops there')
  await kept(page, () => page.getByRole('radio', { name: 'Keep' }).check())
  await expect(part(page, 'What your own days say')).toContainText('0 of 5 days with a weight')

  // Own bounds over the published ones, and back.
  const iron = page.getByLabel('Iron, at least')
  await expect(iron).toHaveAttribute('placeholder', '18')
  await tell(page, 'Iron, at least', '25')
  await expect(page.getByRole('row', { name: /^Iron/ })).toContainText('yours')
  await kept(page, () => page.getByRole('radio', { name: /EFSA/ }).check())
  await expect(page.getByLabel('Calcium, at least')).toHaveAttribute('placeholder', '950')
  await kept(page, () => page.getByRole('button', { name: 'Take my bounds of Iron away' }).click())
  await expect(iron).toHaveAttribute('placeholder', '16')

  await kept(page, () => page.getByLabel('Divide the energy').selectOption('By shares'))
  await page.getByLabel('Carbohydrates', { exact: true }).fill('40')
  await page.getByLabel('Carbohydrates', { exact: true }).press('Tab')
  await expect(page.getByText('90% together: make it 100 %.')).toBeVisible()
  await tell(page, 'Fat', '40')
  await axe(page)

  await page.getByRole('link', { name: 'Diary' }).first().click()
  const summary = page.getByRole('region', { name: 'Sums of the day' })
  await expect(summary).toContainText('of 1,862 kcal')
  await expect(summary).toContainText(/(Left|Over the target): /)
  await expect(page.getByRole('button', { name: /^Calcium/ })).toContainText(/% of 950 mg/)
  await axe(page)
})

test('settings rename meals, set a goal for water, and hide energy and weight everywhere', async ({ page }) => {
  test.setTimeout(120_000)
  await signUp(page)
  await seed(page)
  await page.goto('/settings')
  await expect(page.getByRole('heading', { level: 1, name: 'Settings' })).toBeVisible()
  await axe(page)
  await tell(page, 'Name of Lunch', 'Midday')
  await kept(page, () => page.getByRole('button', { name: 'Move Midday up' }).click())
  await tell(page, 'Goal a day', '2000')
  await page.getByLabel('Add a nutrient').selectOption({ label: 'Iron' })
  await kept(page, () => page.getByRole('radio', { name: 'kJ' }).check())

  await page.goto('/')
  await expect(page.getByRole('heading', { level: 2, name: 'Midday' })).toBeVisible()
  await expect(part(page, 'Water')).toContainText('of 2,000 ml')
  await expect(page.getByRole('heading', { level: 3, name: 'Highlighted' })).toBeVisible()
  await expect(page.getByRole('region', { name: 'Sums of the day' })).toContainText('kJ')
  const energy = page.getByText(/\d\s*(kcal|kJ)\b/)
  await expect(energy.first()).toBeVisible()

  await page.goto('/settings')
  await kept(page, () => page.getByLabel('Hide energy and weight').check())
  await page.goto('/')
  await expect(page.getByRole('heading', { level: 2, name: 'Midday' })).toBeVisible()
  await expect(page.getByRole('region', { name: 'Sums of the day' })).toContainText('Protein')
  await expect(energy).toHaveCount(0)
  await page.keyboard.press('a')
  await page.getByRole('combobox').fill('banana')
  await expect(page.getByRole('option').first()).toContainText('Banana')
  await expect(energy).toHaveCount(0)
  await page.keyboard.press('Enter')
  await expect(page.getByLabel('Amount')).toBeFocused()
  await expect(energy).toHaveCount(0)
  await page.keyboard.press('Escape')
  await page.goto('/targets')
  await expect(part(page, 'What your own days say')).toContainText('Hidden in calm mode.')
  await expect(energy).toHaveCount(0)
  await expect(page.getByLabel('Weight', { exact: true })).toHaveCount(0)
  await page.goto('/trends')
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await expect(energy).toHaveCount(0)
})
