// Looking back as people see it: trends over months, with one thing and with two.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from './guarded'
import { signUp } from './person'
import { seedBody } from './seed-body'
import { folder, shoot } from './shoot'
import { seedDays } from './year'

test('looking back is photographed @screens', async ({ page }) => {
  test.setTimeout(600_000)
  mkdirSync(folder, { recursive: true })
  await signUp(page)
  for (const path of ['/report', '/sources', '/gap'] as const) {
    await page.goto(path)
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    await shoot(page, `${path.slice(1)}-empty`)
  }
  await seedDays(page, 200)
  await page.goto('/trends')
  const chart = page.getByTestId('chart')
  await page.getByRole('radio', { name: '90 days' }).check()
  await expect(chart).toHaveAttribute('data-drawn', 'energy')
  await shoot(page, 'trends-90')
  await page.getByRole('radio', { name: 'A year' }).check()
  await page.getByLabel('Nutrient or measure').selectOption({ label: 'Calcium' })
  await page.getByLabel('Compare with').selectOption({ label: 'Iron' })
  await expect(chart).toHaveAttribute('data-drawn', 'calcium iron')
  await shoot(page, 'trends-two')
  await page.getByRole('radio', { name: '7 days' }).check()
  await page.getByText('The numbers behind: Calcium, Iron').click()
  await shoot(page, 'trends-numbers')

  await page.goto('/report')
  await expect(page.getByTestId('sheet')).toContainText('Balances')
  await page.getByLabel('Name').fill('Ana Sommer')
  await shoot(page, 'report')
  const kept = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Download as PDF' }).click()
  await (await kept).saveAs(join(folder, 'report.pdf'))
  await page.emulateMedia({ media: 'print', colorScheme: 'light' })
  await page.pdf({ path: join(folder, 'report-printed.pdf'), format: 'A4' })
  await page.emulateMedia({ media: 'screen' })
  await page.goto('/sources')
  await expect(page.getByRole('listitem').filter({ hasText: 'SR28' }).first()).toBeVisible()
  await shoot(page, 'sources')
  await page.goto('/gap')
  await page.getByRole('radio', { name: 'Own choice' }).check()
  await page.getByLabel('Nutrient').selectOption({ label: 'Calcium' })
  await page.getByLabel('How much is missing, in mg').fill('400')
  await page.getByRole('button', { name: 'Find foods' }).click()
  await expect(page.getByRole('heading', { name: 'Plain foods' })).toBeVisible()
  await shoot(page, 'gap')
})

test('what was measured is photographed @screens', async ({ page }) => {
  test.setTimeout(300_000)
  mkdirSync(folder, { recursive: true })
  await signUp(page)
  await seedBody(page)
  await seedDays(page, 30)
  await page.goto('/trends')
  const chart = page.getByTestId('chart')
  await page.getByLabel('Nutrient or measure').selectOption({ label: 'Weight' })
  await page.getByLabel('Compare with').selectOption({ label: 'Energy' })
  await expect(chart).toHaveAttribute('data-drawn', 'measure:weight energy')
  await shoot(page, 'trends-weight')
  await page.getByLabel('Compare with').selectOption('')
  await page.getByLabel('Nutrient or measure').selectOption({ label: 'Blood pressure, upper' })
  await expect(chart).toHaveAttribute('data-drawn', 'measure:blood_pressure measure:blood_pressure/lower')
  await shoot(page, 'trends-pair')

  await page.goto('/targets')
  const kept = () => page.waitForResponse((response) => response.request().method() === 'PUT')
  for (const [label, value] of [['Year of birth', '1990'], ['Height', '168'], ['Weight', '64.5']] as const) {
    await page.getByLabel(label, { exact: true }).fill(value)
    await Promise.all([kept(), page.getByLabel(label, { exact: true }).press('Tab')])
  }
  await Promise.all([kept(), page.getByRole('radio', { name: 'Female' }).check()])
  await page.goto('/trends')
  await page.getByLabel('Nutrient or measure').selectOption({ label: 'Calcium' })
  await expect(page.getByRole('figure')).toContainText('Target today')
  await shoot(page, 'trends-aim')
  await page.getByLabel('Compare with').selectOption({ label: 'Sodium' })
  await expect(chart).toHaveAttribute('data-drawn', 'calcium sodium')
  await shoot(page, 'trends-aim-two')
  await page.getByText('How nutrients stand to each other').click()
  await expect(page.getByRole('table', { name: 'Balances' })).toBeVisible()
  await shoot(page, 'trends-balances')
})
