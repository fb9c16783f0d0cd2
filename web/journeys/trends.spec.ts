// Looking back: any nutrient over any range, two on one chart, the range by keyboard, and the numbers behind it all.

import { readFileSync } from 'node:fs'
import { axe } from './axe'
import { expect, test } from './guarded'
import { signUp } from './person'
import { seedDays } from './year'

test('a person looks back: another nutrient, another range, two on one chart, and takes the numbers along', async ({ page }) => {
  test.setTimeout(240_000)
  await signUp(page)
  await page.getByRole('link', { name: 'Trends' }).click()
  await expect(page.getByRole('heading', { name: 'Nothing in these days' })).toBeVisible()
  await axe(page)
  await seedDays(page, 60)
  await page.goto('/trends')
  const chart = page.getByTestId('chart')
  await expect(chart).toHaveAttribute('data-drawn', 'energy')
  await expect(page.getByRole('heading', { name: 'Energy in kcal' })).toBeVisible()

  // A range that is loaded asks for nothing; another nutrient asks for itself alone.
  const asked: string[] = []
  page.on('request', (request) => request.url().includes('/api/v1/days?') && asked.push(request.url()))
  await page.getByRole('radio', { name: 'A year' }).check()
  await page.getByRole('radio', { name: '90 days' }).check()
  expect(asked).toEqual([])
  await page.getByLabel('Nutrient or measure').selectOption({ label: 'Calcium' })
  await expect(chart).toHaveAttribute('data-drawn', 'calcium')
  expect(asked.length).toBe(1)
  expect(new URL(asked[0] ?? '').searchParams.get('nutrients')).toBe('calcium')
  await page.getByLabel('Compare with').selectOption({ label: 'Iron' })
  await expect(chart).toHaveAttribute('data-drawn', 'calcium iron')
  await expect(page.getByText(/the two go together by/)).toBeVisible()
  await axe(page)

  // The ends of the frame are sliders.
  const first = page.getByRole('slider', { name: 'First day that is shown' })
  const before = await first.getAttribute('aria-valuetext')
  await first.focus()
  for (let step = 0; step < 5; step++) await page.keyboard.press('ArrowRight')
  await expect(first).not.toHaveAttribute('aria-valuetext', before ?? '')
  await expect(page.getByRole('radio', { name: 'Own range' })).toBeChecked()

  // The numbers, as a table and as a file, and not a day more than the range.
  await page.getByRole('radio', { name: '7 days' }).check()
  await page.getByText('The numbers behind: Calcium, Iron').click()
  const table = page.getByRole('table', { name: /Calcium, Iron/ })
  await expect(table.getByRole('row')).toHaveCount(1 + 6)
  await expect(table).toContainText('Calcium (mg)')
  await expect(table.getByRole('row').nth(1)).toContainText('open')
  const kept = page.waitForEvent('download')
  await page.getByRole('figure').getByRole('button', { name: 'Download as CSV' }).click()
  const lines = readFileSync(await (await kept).path(), 'utf8').split('\r\n')
  expect(lines[0]).toContain('Day,Calcium (mg),"Calcium, 7-day average",Iron (mg)')
  expect(lines.length).toBe(1 + 6 + 1)
  await axe(page)

  // Own range: what is wrong is said at the field.
  await page.getByRole('radio', { name: 'Own range' }).check()
  await page.getByLabel('From').fill('2019-01-01')
  await page.getByRole('button', { name: 'Show', exact: true }).click()
  await expect(page.getByText('Choose at most 400 days.')).toBeVisible()
  await page.getByLabel('To').fill('2019-03-31')
  await page.getByRole('button', { name: 'Show', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'Nothing in these days' })).toBeVisible()
})
