// Looking back as people see it: trends over months, with one thing and with two.

import { mkdirSync } from 'node:fs'
import { expect, test } from './guarded'
import { signUp } from './person'
import { folder, shoot } from './shoot'
import { seedDays } from './year'

test('looking back is photographed @screens', async ({ page }) => {
  test.setTimeout(600_000)
  mkdirSync(folder, { recursive: true })
  await signUp(page)
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
})
