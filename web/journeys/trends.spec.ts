// Looking back: any nutrient over any range, two on one chart, the range by keyboard, and the numbers behind it all.

import { readFileSync } from 'node:fs'
import { axe } from './axe'
import { expect, test } from './guarded'
import { part, signUp } from './person'
import { seedBody } from './seed-body'
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

test('what was measured stands beside what was eaten: weight, both values of a blood pressure, moving', async ({ page }) => {
  test.setTimeout(120_000)
  await signUp(page)
  await seedBody(page)
  await seedDays(page, 20)
  await page.goto('/trends')
  const chart = page.getByTestId('chart')
  const first = page.getByLabel('Nutrient or measure')
  await first.selectOption({ label: 'Weight' })
  await expect(chart).toHaveAttribute('data-drawn', 'measure:weight')
  await expect(page.getByRole('heading', { name: 'Weight in kg' })).toBeVisible()
  // Every second day of thirty was weighed; nothing is said of complete days.
  const figure = page.getByRole('figure')
  await expect(figure).toContainText('15 days with a value')
  await expect(figure).not.toContainText('complete')
  await expect(page.getByText('Mean and spread of the days with a value in this range.')).toBeVisible()
  await page.getByText('The numbers behind: Weight').click()
  const table = page.getByRole('table', { name: 'The numbers behind: Weight' })
  await expect(table.getByRole('columnheader')).toHaveText(['Day', 'Weight (kg)', 'Weight, 7-day average'])
  await expect(table.getByRole('row')).toHaveCount(1 + 15)
  await axe(page)

  // A blood pressure is looked at with both its values; something else takes the second along no further.
  await first.selectOption({ label: 'Blood pressure, upper' })
  await expect(chart).toHaveAttribute('data-drawn', 'measure:blood_pressure measure:blood_pressure/lower')
  await expect(page.getByLabel('Compare with')).toHaveValue('measure:blood_pressure/lower')
  await expect(page.getByRole('heading', { name: 'Blood pressure, upper in mmHg · Blood pressure, lower in mmHg' })).toBeVisible()
  await first.selectOption({ label: 'Grip strength' })
  await expect(chart).toHaveAttribute('data-drawn', /^measure:own:[-0-9a-f]+$/)
  await expect(figure).toContainText('1 day with a value: 41 kg.')
  await first.selectOption({ label: 'Minutes of activity' })
  await page.getByLabel('Compare with').selectOption({ label: 'Energy' })
  await expect(chart).toHaveAttribute('data-drawn', 'activity:minutes energy')
  await expect(figure).toContainText('6 days with a value')

  // In the person's units, and without figures of weight and energy in calm mode.
  await page.goto('/settings')
  await page.getByRole('radio', { name: 'US' }).check()
  await expect(page.getByRole('status').filter({ hasText: 'Saved' })).toBeVisible()
  await page.goto('/trends')
  await first.selectOption({ label: 'Weight' })
  await expect(page.getByRole('heading', { name: 'Weight in lb' })).toBeVisible()
  await expect(figure).toContainText(/15[5-7](\.\d)? lb on average/)
  await page.goto('/settings')
  await page.getByLabel('Hide energy and weight').check()
  await expect(page.getByRole('status').filter({ hasText: 'Saved' })).toBeVisible()
  await page.goto('/trends')
  await first.selectOption({ label: 'Sleep' })
  await expect(figure).toContainText('7.25 h')
  const offered = await first.getByRole('option').allTextContents()
  expect(offered).toContain('Glucose')
  for (const hidden of ['Weight', 'Energy', 'Spent by activity']) expect(offered).not.toContain(hidden)
})

test('what is aimed for is a line on the chart and the measure of the calendar', async ({ page }) => {
  test.setTimeout(120_000)
  await signUp(page)
  await seedDays(page, 12)
  await page.goto('/trends')
  const chart = page.getByTestId('chart')
  const figure = page.getByRole('figure')
  const calendar = part(page, 'Calendar')
  const nutrient = page.getByLabel('Nutrient or measure')
  await nutrient.selectOption({ label: 'Calcium' })
  await expect(chart).toHaveAttribute('data-drawn', 'calcium')
  await expect(figure).not.toContainText('Target today')
  await expect(calendar).toContainText('Darker is more.')

  const kept = async (act: () => Promise<unknown>) => {
    const answer = page.waitForResponse((response) => response.request().method() === 'PUT' && /\/api\/v1\/(plan|settings)$/.test(response.url()))
    await act()
    expect((await answer).status()).toBe(200)
  }
  const tell = async (label: string, value: string) => {
    await page.getByLabel(label, { exact: true }).fill(value)
    await kept(() => page.getByLabel(label, { exact: true }).press('Tab'))
  }
  await page.goto('/targets')
  await tell('Year of birth', '1990')
  await kept(() => page.getByRole('radio', { name: 'Female' }).check())
  await tell('Height', '168')
  await tell('Weight', '64.5')
  await kept(() => page.getByLabel('How much you move').selectOption('light'))

  const asked: string[] = []
  page.on('request', (request) => request.url().includes('/plan/targets') && asked.push(request.url()))
  await page.goto('/trends')
  await nutrient.selectOption({ label: 'Calcium' })
  await expect(chart).toHaveAttribute('data-drawn', 'calcium')
  await expect(chart).toHaveAttribute('data-lines', /^Target 1,000 mg/)
  await expect(figure).toContainText('Target today: 1,000 mg. Limit today: 2,500 mg.')
  await expect(calendar).toContainText('Darker is more of the target.')
  await expect(calendar.getByRole('listitem')).toContainText(['below 50%', '50% to 80%', '80% to 100%', '100% and more'])
  await expect(calendar).toContainText(/\d+% of the target/)
  // Another nutrient has its target from the same answer.
  asked.length = 0
  await nutrient.selectOption({ label: 'Energy' })
  await expect(figure).toContainText('Target today: 1,862 kcal.')
  expect(asked).toEqual([])
  await axe(page)

  await page.goto('/settings')
  await kept(() => page.getByRole('radio', { name: 'kJ' }).check())
  await page.goto('/trends')
  await expect(figure).toContainText(/Target today: 7,79\d kJ\./)
  await expect(chart).toHaveAttribute('data-lines', /^Target 7,79\d kJ$/)
})

test('balances of the range stand on the page once they are asked for', async ({ page }) => {
  test.setTimeout(120_000)
  await signUp(page)
  await seedDays(page, 12)
  const asked: string[] = []
  page.on('request', (request) => request.url().includes('/api/v1/report?') && asked.push(request.url()))
  await page.goto('/trends')
  await expect(page.getByTestId('chart')).toHaveAttribute('data-drawn', 'energy')
  expect(asked).toEqual([])
  const balances = part(page, 'Balances')
  await balances.getByText('How nutrients stand to each other').click()
  const table = page.getByRole('table', { name: 'Balances' })
  const row = table.getByRole('row', { name: /^Calcium : Magnesium/ })
  await expect(row).toContainText(/\d(\.\d)? \((below|within|above)\)/)
  await expect(row).toContainText(/at least|at most| to /)
  await expect(table.getByRole('row', { name: /omega-3/i }).first()).toBeVisible()
  await expect(balances).toContainText(/over \d+ complete days\./)
  await axe(page)
  const kept = page.waitForEvent('download')
  await balances.getByRole('button', { name: 'Download as CSV' }).click()
  expect(readFileSync(await (await kept).path(), 'utf8')).toContain('Balance,Ratio,Rule,Source')

  // Another range, other balances; the same as those of the report.
  await page.getByRole('radio', { name: '7 days' }).check()
  await expect.poll(() => asked.length).toBe(2)
  await expect(balances).toContainText(/over [45] complete days\./)
  const said = await row.getByRole('cell').allTextContents()
  await page.getByRole('link', { name: 'A report to print or hand over' }).click()
  await page.getByRole('radio', { name: '7 days' }).check()
  const sheet = page.getByTestId('sheet')
  await expect(sheet).toContainText(/over [45] complete days/)
  await expect(sheet.getByRole('row', { name: /^Calcium : Magnesium/ })).toContainText(said[0]?.replace(/^Ratio:\s*/, '') ?? '?')
})
