// Weights, a blood pressure, an activity, a fast and an own measure, as a person records them.

import { expect, test } from './guarded'
import { axe } from './axe'
import { part, signUp } from './person'

test('a body is measured, moved and fasted with', async ({ page }) => {
  test.setTimeout(240_000)
  await signUp(page)
  const dialog = page.getByRole('dialog')
  const measurements = part(page, 'Measurements')
  const activities = part(page, 'Activities')

  await test.step('a weight in pounds stays in pounds', async () => {
    await page.getByRole('button', { name: 'Measurement', exact: true }).click()
    await expect(dialog.getByLabel('Value')).toBeFocused()
    await page.getByRole('radio', { name: 'lb' }).check()
    await dialog.getByLabel('Value').fill('1500')
    await page.getByRole('button', { name: 'Save' }).click()
    await expect(dialog).toContainText('From 0.7 to 1,433 lb')
    await dialog.getByLabel('Value').fill('154,5')
    await axe(page)
    await page.getByRole('button', { name: 'Save' }).click()
    await expect(dialog).toHaveCount(0)
    await expect(measurements).toContainText('154.5 lb')
  })

  await test.step('and one in kilograms in kilograms; the unit takes the number along', async () => {
    await page.getByRole('button', { name: 'Add a measurement' }).click()
    await dialog.getByLabel('Value').fill('70')
    await page.getByRole('radio', { name: 'lb' }).check()
    await expect(dialog.getByLabel('Value')).toHaveValue('154.3')
    await page.getByRole('radio', { name: 'kg' }).check()
    await expect(dialog.getByLabel('Value')).toHaveValue('70')
    await dialog.getByLabel('Note').fill('after breakfast')
    await page.getByRole('button', { name: 'Save' }).click()
    await expect(measurements).toContainText('70 kg')
    await expect(measurements).toContainText('after breakfast')
  })

  await test.step('a blood pressure is a pair', async () => {
    await page.getByRole('button', { name: 'Add a measurement' }).click()
    await dialog.getByLabel('What was measured').selectOption('Blood pressure')
    const pair = dialog.getByRole('group', { name: /Blood pressure/ })
    await pair.getByLabel('Upper').fill('80')
    await pair.getByLabel('Lower').fill('120')
    await page.getByRole('button', { name: 'Save' }).click()
    await expect(pair).toContainText('below the upper one')
    await pair.getByLabel('Upper').fill('121')
    await pair.getByLabel('Lower').fill('79')
    await axe(page)
    await page.getByRole('button', { name: 'Save' }).click()
    await expect(measurements).toContainText('121/79 mmHg')
  })

  await test.step('an activity takes the last weight and says what it took', async () => {
    await page.getByRole('button', { name: 'Activity', exact: true }).click()
    await dialog.getByLabel('Search activities').fill('walk dog')
    await expect(dialog.getByRole('button', { name: /Walking the dog/ })).toBeVisible()
    await axe(page)
    await dialog.getByLabel('Search activities').press('Enter')
    await expect(dialog.getByLabel('Minutes')).toBeFocused()
    await expect(dialog.getByLabel('Your weight')).toHaveValue('70')
    await dialog.getByLabel('Minutes').fill('60')
    // 3 MET for an hour and 70 kg, without what rest takes.
    await expect(dialog.getByRole('status')).toContainText('140 kcal above rest')
    await axe(page)
    await page.getByRole('button', { name: 'Save' }).click()
    await expect(activities).toContainText('Walking the dog')
    await expect(activities).toContainText('60 min')
    await expect(activities).toContainText('140 kcal above rest')
  })

  await test.step('what is there is changed, removed and brought back', async () => {
    await page.getByRole('button', { name: 'Change Walking the dog' }).click()
    await dialog.getByLabel('Minutes').fill('30')
    await page.getByRole('button', { name: 'Save' }).click()
    await expect(activities).toContainText('30 min')
    await expect(activities).toContainText('70 kcal')
    await page.getByRole('button', { name: 'More for Blood pressure' }).click()
    await page.getByRole('menuitem', { name: 'Remove' }).click()
    await expect(measurements).not.toContainText('121/79')
    await page.getByRole('button', { name: 'Undo' }).click()
    await expect(measurements).toContainText('121/79')
  })

  await test.step('a fast runs on over a reload and ends', async () => {
    await page.getByRole('button', { name: 'Fast', exact: true }).click()
    const begins = dialog.getByLabel('Beginning')
    const anHourAgo = await page.evaluate(() => {
      const at = new Date(Date.now() - 3_600_000)
      return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
    })
    await begins.fill(anHourAgo)
    await page.getByRole('button', { name: '14 h' }).click()
    await axe(page)
    await page.getByRole('button', { name: 'Save' }).click()
    await expect(part(page, 'Fasting')).toContainText('1:00 h of 14 h')
    await page.reload()
    await expect(part(page, 'Fasting')).toContainText(/1:0\d h of 14 h/)
    await axe(page)
    await page.getByRole('button', { name: 'End the fast' }).click()
    await expect(page.getByText(/Fast ended after 1:0\d h/)).toBeVisible()
    await expect(part(page, 'Fasting')).toHaveCount(0)
  })

  await test.step('the page of the body has the history of all', async () => {
    await page.getByRole('link', { name: 'Profile' }).click()
    await page.getByRole('link', { name: 'Body and activity' }).click()
    const latest = part(page, 'Last of each')
    await expect(latest).toContainText('Weight')
    await latest.getByRole('button', { name: /^Weight/ }).click()
    await expect(latest.getByRole('list', { name: /History/ }).getByRole('listitem')).toHaveCount(2)
    await expect(part(page, 'Fasts')).toContainText('Goals reached')
    await expect(part(page, 'Activities')).toContainText('30 min on 1 day')
    await axe(page)
  })

  await test.step('a measure of one’s own is added and used', async () => {
    await page.getByRole('button', { name: 'Add a measure', exact: true }).click()
    await dialog.getByLabel('Name').fill('Grip strength')
    await dialog.getByLabel('Unit').fill('kg')
    await axe(page)
    await page.getByRole('button', { name: 'Save' }).click()
    await expect(part(page, 'Own measures')).toContainText('Grip strength')
    await page.getByRole('button', { name: 'Measurement', exact: true }).click()
    await dialog.getByLabel('What was measured').selectOption('Grip strength')
    await dialog.getByLabel('Value').fill('41')
    await page.getByRole('button', { name: 'Save' }).click()
    await expect(part(page, 'Last of each')).toContainText('41 kg')
    await page.getByRole('button', { name: 'More for Grip strength' }).click()
    await page.getByRole('menuitem', { name: 'Remove' }).click()
    await expect(part(page, 'Own measures')).not.toContainText('Grip strength')
    await expect(part(page, 'Last of each'), 'what was measured stays').toContainText('Grip strength')
    await page.getByRole('button', { name: 'Undo' }).last().click()
    await expect(part(page, 'Own measures')).toContainText('Grip strength')
  })
})

test('a time of another zone says which', async ({ page }) => {
  await signUp(page)
  await page.evaluate(async () => {
    const today = new Date()
    const day = `${today.getFullYear()}-${String(today.getMonth() + 1).padStart(2, '0')}-${String(today.getDate()).padStart(2, '0')}`
    await fetch(`/api/v1/days/${day}/entries`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id: crypto.randomUUID(), kind: 'measurement', time: '06:15', zone: 'Asia/Tokyo', measure: 'pulse', value: 58, unit: '/min' }),
    })
  })
  await page.reload()
  await expect(part(page, 'Measurements')).toContainText('06:15 (time of Tokyo)')
})
