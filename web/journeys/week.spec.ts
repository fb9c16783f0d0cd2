// A week with the diary, as somebody works through it: food by keyboard, by recents and by thumb, a weight now and
// then, a day that stays open, a journey to another clock; at its end the averages of the days that are complete.

import type { Page } from '@playwright/test'
import { expect, test } from './guarded'
import { part, signIn, signUp } from './person'

const ZONE = 'Europe/Berlin'
const AWAY = 'America/New_York'

async function back(page: Page, days: number): Promise<void> {
  await page.getByRole('link', { name: 'Diary' }).click()
  await page.getByRole('heading', { level: 1 }).focus()
  await page.keyboard.press('t')
  for (let step = 0; step < days; step += 1) {
    const read = page.waitForResponse((response) => /\/api\/v1\/days\/\d{4}-\d\d-\d\d$/.test(response.url()))
    await page.keyboard.press('ArrowLeft')
    await read
  }
}

/** Bananas, by keyboard alone: 0.89 kcal in a gram. */
async function eat(page: Page, grams: number, meal: string): Promise<void> {
  await page.keyboard.press('a')
  await page.keyboard.type('banan raw')
  await expect(page.getByRole('option').first()).toContainText('Bananas, raw')
  await page.keyboard.press('Enter')
  await expect(page.getByLabel('Amount')).toBeFocused()
  await page.getByLabel('Portion').selectOption({ label: 'grams' })
  await page.getByLabel('Meal').selectOption(meal)
  await page.getByLabel('Amount').focus()
  await page.keyboard.press('Control+A')
  await page.keyboard.type(String(grams))
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await expect(part(page, meal)).toContainText(`${grams} g`)
}

async function weigh(page: Page, kilograms: string): Promise<void> {
  await page.getByRole('button', { name: /^Measurement$|^Add a measurement$/ }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Value').fill(kilograms)
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(part(page, 'Measurements')).toContainText(`${kilograms} kg`)
}

async function complete(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Mark day complete' }).click()
  await expect(page.getByText('This day is complete')).toBeVisible()
}

const dateIn = (zone: string) => new Intl.DateTimeFormat('sv-SE', { timeZone: zone }).format(new Date())

test('a week with the diary', async ({ page, browser }) => {
  test.setTimeout(300_000)
  const person = await signUp(page)

  await test.step('two days by keyboard, with a weight', async () => {
    await back(page, 6)
    await eat(page, 100, 'Breakfast')
    await weigh(page, '82')
    await complete(page)
    await back(page, 5)
    await eat(page, 120, 'Breakfast')
    await eat(page, 80, 'Dinner')
    await complete(page)
  })

  await test.step('the third is like the second, with more of it', async () => {
    await back(page, 4)
    await page.getByRole('button', { name: 'Copy from the day before…' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Copy 2 foods' }).click()
    await expect(part(page, 'Dinner')).toContainText('80 g')
    await page.getByRole('button', { name: 'Change Bananas, raw' }).first().click()
    await page.getByLabel('Amount').fill('220')
    await page.getByRole('button', { name: 'Save' }).click()
    await expect(part(page, 'Breakfast')).toContainText('220 g')
    await weigh(page, '81.6')
    await complete(page)
  })

  await test.step('a day that was not written down to its end stays open', async () => {
    await back(page, 3)
    await eat(page, 900, 'Snacks')
  })

  await test.step('two more, with a walk', async () => {
    await back(page, 2)
    await eat(page, 500, 'Lunch')
    await page.getByRole('button', { name: 'Activity', exact: true }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Search activities').fill('walk dog')
    await expect(dialog.getByRole('button', { name: /Walking the dog/ })).toBeVisible()
    await dialog.getByLabel('Search activities').press('Enter')
    await dialog.getByLabel('Minutes').fill('45')
    await page.getByRole('button', { name: 'Save' }).click()
    await expect(part(page, 'Activities')).toContainText('45 min')
    await complete(page)
    await back(page, 1)
    await eat(page, 600, 'Lunch')
    await weigh(page, '81.2')
    await complete(page)
  })

  await test.step('on a journey, by thumb, the entry keeps its clock', async () => {
    const phone = await browser.newContext({ locale: 'en-US', timezoneId: AWAY, viewport: { width: 360, height: 780 }, hasTouch: true, isMobile: true })
    const away = await phone.newPage()
    await away.goto('/sign-in')
    await signIn(away, person)
    await expect(away.getByRole('heading', { name: /Today/ })).toBeVisible()
    await away.getByRole('button', { name: 'Add', exact: true }).tap()
    await away.getByRole('combobox').fill('coffee brew')
    await away.getByRole('option').first().tap()
    await away.getByLabel('Portion').selectOption({ label: 'grams' })
    await away.getByLabel('Meal').selectOption('Snacks')
    await away.getByLabel('Amount').fill('237')
    await away.getByLabel('Amount').press('Enter')
    await expect(part(away, 'Snacks')).toContainText('237 g')
    await expect(part(away, 'Snacks')).not.toContainText('time of')
    await phone.close()
    // It stands on the day that it was there, with the time that it was there.
    await back(page, dateIn(AWAY) === dateIn(ZONE) ? 0 : 1)
    await page.reload()
    if (dateIn(AWAY) !== dateIn(ZONE)) await back(page, 1)
    await expect(part(page, 'Snacks')).toContainText('time of New York')
  })

  await test.step('the averages run over the days that are complete, and say over how many', async () => {
    await page.getByRole('link', { name: 'Trends' }).click()
    await page.getByRole('radio', { name: '7 days' }).check()
    const averages = part(page, 'Average of complete days')
    await expect(averages).toContainText('over 5 complete days')
    // 100, 200, 300, 500 and 600 g of bananas, at 89 kcal in 100 g, and at most a coffee.
    await expect(averages).toContainText(/30[23] kcal/)
    await page.getByLabel('Nutrient or measure').selectOption({ label: 'Weight' })
    await expect(page.getByText(/3 days with a value/).first()).toBeVisible()
  })

  await test.step('and the report of the week says the same', async () => {
    await page.getByRole('link', { name: 'A report to print or hand over' }).click()
    await page.getByRole('radio', { name: '7 days' }).check()
    const sheet = page.getByTestId('sheet')
    await expect(sheet).toContainText('5 complete')
    await expect(sheet).toContainText(/30[23] kcal/)
    await expect(sheet).toContainText('81.2')
  })
})
