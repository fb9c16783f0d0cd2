// Targets and settings as people see them: with nothing told, and with all of it.

import { mkdirSync } from 'node:fs'
import type { Page } from '@playwright/test'
import { expect, test } from './guarded'
import { part, signUp } from './person'
import { seed } from './seed'
import { folder, shoot } from './shoot'

const put = (page: Page, path: string, body: unknown) =>
  page.evaluate(
    async ([to, sent]) => {
      const answer = await fetch(`/api/v1/${to}`, { method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify(sent) })
      if (!answer.ok) throw new Error(`${to}: ${answer.status} ${await answer.text()}`)
    },
    [path, body] as const,
  )

/** A weight for each of the last days, going down slowly. */
const weigh = (page: Page) =>
  page.evaluate(async () => {
    for (let back = 0; back < 24; back += 1) {
      const day = new Date(Date.now() - back * 86_400_000).toISOString().slice(0, 10)
      const id = `${Date.now().toString(16).padStart(12, '0').slice(0, 8)}-${Date.now().toString(16).padStart(12, '0').slice(8)}-7${crypto.randomUUID().slice(15)}`
      const value = Math.round((64.2 + back * 0.03 + Math.sin(back * 2.1) * 0.4) * 10) / 10
      const body = { id, kind: 'measurement', time: '07:05', zone: 'Europe/Berlin', measure: 'weight', value, unit: 'kg' }
      await fetch(`/api/v1/days/${day}/entries`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
    }
  })

test('targets and settings are photographed @screens', async ({ page }) => {
  test.setTimeout(300_000)
  mkdirSync(folder, { recursive: true })
  await signUp(page)
  await page.goto('/targets')
  await expect(part(page, 'Energy')).toContainText('No energy target yet.')
  await shoot(page, 'targets-empty')
  await page.goto('/settings')
  await expect(part(page, 'Calm mode')).toBeVisible()
  await shoot(page, 'settings')

  await seed(page)
  await weigh(page)
  await put(page, 'plan', {
    profile: { birth_year: 1990, sex: 'female', height_cm: 168, weight_kg: 64.5, activity: 'light' },
    kg_per_week: -0.1,
    own: { iron: { min: 20, max: null }, sodium: { min: null, max: 1500 } },
    weekdays: { saturday: { energy_percent: 115, macros: null } },
  })
  await put(page, 'settings', { water_goal_ml: 2000, highlighted: ['iron', 'calcium', 'vitamin_d', 'sodium'] })
  await page.goto('/targets')
  await expect(part(page, 'What your own days say')).toContainText('Most likely between')
  await shoot(page, 'targets')
  await page.goto('/')
  await expect(page.getByRole('heading', { level: 3, name: 'Highlighted' })).toBeVisible()
  await expect(page.getByRole('region', { name: 'Sums of the day' })).toContainText(/Left|Over/)
  await shoot(page, 'diary-targets')
  await put(page, 'settings', { calm: true, water_goal_ml: 2000 })
  await page.goto('/')
  await expect(part(page, 'Water')).toContainText('of 2,000 ml')
  await shoot(page, 'diary-calm')
})
