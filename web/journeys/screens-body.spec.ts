// Measurements, activities and fasts as people see them, with data and with none.

import { mkdirSync } from 'node:fs'
import { expect, test } from './guarded'
import { part, signUp } from './person'
import { seed } from './seed'
import { seedBody } from './seed-body'
import { folder, shoot } from './shoot'

test('the body is photographed @screens', async ({ page }) => {
  test.setTimeout(300_000)
  mkdirSync(folder, { recursive: true })
  await signUp(page)
  const dialog = page.getByRole('dialog')
  await page.goto('/body')
  await expect(page.getByText('Nothing measured yet')).toBeVisible()
  await shoot(page, 'body-empty')

  await seed(page)
  await seedBody(page)
  await page.goto('/')
  await expect(part(page, 'Fasting')).toBeVisible()
  await shoot(page, 'body-on-day')
  await page.getByRole('button', { name: 'Add a measurement' }).click()
  await expect(dialog).toContainText('Last:')
  await shoot(page, 'body-measurement', false)
  await dialog.getByLabel('What was measured').selectOption('Blood pressure')
  await page.getByRole('button', { name: 'Save' }).click()
  await shoot(page, 'body-blood-pressure', false)
  await page.getByLabel('What was measured').selectOption('Mood')
  await shoot(page, 'body-mood', false)
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Add an activity' }).click()
  await expect(dialog).toContainText('Rowing with Eva')
  await shoot(page, 'body-activity-search', false)
  await dialog.getByLabel('Search activities').fill('yoga')
  await expect(dialog).toContainText('Yoga, general')
  await dialog.getByLabel('Search activities').press('Enter')
  await expect(dialog.getByRole('status')).toContainText('above rest')
  await shoot(page, 'body-activity', false)
  await page.keyboard.press('Escape')
  await page.goto('/body')
  await part(page, 'Last of each').getByRole('button', { name: /^Weight/ }).click()
  await expect(page.getByRole('list', { name: /History/ })).toBeVisible()
  await shoot(page, 'body')
  await part(page, 'Last of each').getByRole('button', { name: /^Blood pressure/ }).click()
  await expect(page.getByRole('list', { name: /History: Blood/ })).toBeVisible()
  await shoot(page, 'body-pressure-history')
  await page.getByRole('button', { name: 'More for Fasts' }).click()
  await page.getByRole('menuitem', { name: 'Add a past fast' }).click()
  await shoot(page, 'body-fast', false)
  await page.keyboard.press('Escape')
  await page.goto('/profile')
  await page.getByRole('radio', { name: 'Deutsch' }).check()
  await page.getByRole('link', { name: 'Körper und Bewegung' }).click()
  await expect(page.getByText('Zuletzt gemessen')).toBeVisible()
  await shoot(page, 'body-de')
})
