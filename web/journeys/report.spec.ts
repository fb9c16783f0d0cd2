// The report: a range and a day on one sheet, as a PDF that is read here, and on paper; which foods something comes
// from, and which would fill a gap. A friend who was given the sums sees the sums' report and nothing else.

import { readFileSync } from 'node:fs'
import type { Page } from '@playwright/test'
import { axe } from './axe'
import { expect, test } from './guarded'
import { readPdf, type ReadPdf } from './pdf'
import { signUp } from './person'
import { seedBody } from './seed-body'
import { seedDays } from './year'

async function send(page: Page, method: string, path: string, body: unknown): Promise<void> {
  await page.evaluate(
    async ([how, where, what]) => {
      const answer = await fetch(where, { method: how, headers: { 'content-type': 'application/json' }, body: what })
      if (!answer.ok) throw new Error(`${how} ${where}: ${answer.status} ${await answer.text()}`)
    },
    [method, path, JSON.stringify(body)] as const,
  )
}

const today = (page: Page) => page.evaluate(() => new Intl.DateTimeFormat('sv-SE').format(new Date()))

async function takePdf(page: Page): Promise<{ read: ReadPdf; bytes: Buffer; name: string }> {
  const kept = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Download as PDF' }).click()
  const download = await kept
  const bytes = readFileSync(await download.path())
  return { read: await readPdf(new Uint8Array(bytes)), bytes, name: download.suggestedFilename() }
}

test('a person hands their doctor a report: chosen, on paper, and as a PDF', async ({ page }) => {
  test.setTimeout(300_000)
  await signUp(page)
  await page.goto('/report')
  await expect(page.getByText('Nothing was entered on these days.')).toBeVisible()
  await axe(page)
  await seedDays(page, 40)
  const date = await today(page)
  const id = () => page.evaluate(() => `01930000-0000-7000-8000-${crypto.randomUUID().slice(24)}`)
  const timed = { time: '07:10', zone: 'Europe/Berlin' }
  await send(page, 'POST', `/api/v1/days/${date}/entries`, { id: await id(), kind: 'note', ...timed, text: 'Bauchweh nach Käse – größer als µ ≥ 1; 食べ物 🙂' })
  await send(page, 'POST', `/api/v1/days/${date}/entries`, { id: await id(), kind: 'measurement', ...timed, measure: 'weight', value: 71.4, unit: 'kg' })
  await send(page, 'POST', `/api/v1/days/${date}/entries`, { id: await id(), kind: 'measurement', ...timed, measure: 'blood_pressure', value: 124, second: 79, unit: 'mmHg' })
  await send(page, 'PUT', '/api/v1/plan', { basis: 'own', own_energy_kcal: 2000, own: { calcium: { min: 1000, max: 2500 }, iron: { min: 1000 } } })
  await page.goto('/report')

  const sheet = page.getByTestId('sheet')
  for (const title of ['Energy', 'Macronutrients', 'Highlighted targets', 'Scores', 'All nutrients', 'Balances', 'Measurements']) {
    await expect(sheet.getByRole('heading', { name: title, exact: true })).toBeVisible()
  }
  await expect(sheet).toContainText(/30 days, 2\d with entries, 2\d complete/)
  await expect(sheet).toContainText('124/79')
  await expect(sheet).toContainText('2,000 kcal')
  await axe(page)

  // What was typed for this sheet stands on it, and on no other.
  await page.getByLabel('Name').fill('Ána Müller-Łącka')
  await page.getByLabel('Remark').fill('Is the iron enough?')
  await page.getByRole('checkbox', { name: 'My notes of these days' }).check()
  await expect(sheet).toContainText('Bauchweh nach Käse')
  const first = await takePdf(page)
  // The sign of micro and the Greek letter are one glyph.
  const text = first.read.pages.join(' ').normalize('NFKC')
  expect(first.read.width).toBeCloseTo(595.28, 0)
  for (const words of ['Nutrition report', 'Ána Müller-Łącka', 'Is the iron enough?', 'Macronutrients', 'Scores', 'Balances', '124/79', 'Käse – größer als µ ≥ 1;', 'Made on', `Page 1 of ${first.read.pages.length}`]) expect(text).toContain(words.normalize('NFKC'))
  // No font of ours draws these, so a box stands for each; nothing breaks.
  expect(text).toContain('□□□')
  expect(first.name).toMatch(/^keepwell-report-\d{4}-\d\d-\d\d-\d{4}-\d\d-\d\d\.pdf$/)
  expect(first.read.about['Author']).toBeUndefined()
  expect(JSON.stringify(first.read.about)).not.toMatch(/Ána|2026/)
  const again = await takePdf(page)
  expect(Buffer.compare(first.bytes, again.bytes)).toBe(0)

  // On paper: the sheet, and nothing of the app around it.
  await page.emulateMedia({ media: 'print' })
  await expect(sheet.getByRole('heading', { name: 'Nutrition report' })).toBeVisible()
  await expect(page.getByRole('navigation', { name: 'Pages' })).toBeHidden()
  await expect(page.getByRole('button', { name: 'Print' })).toBeHidden()
  const paper = await readPdf(new Uint8Array(await page.pdf({ format: 'A4' })))
  expect(paper.pages.join(' ')).toContain('Ána Müller-Łącka')
  expect(paper.pages.length).toBeLessThanOrEqual(6)
  await page.emulateMedia({ media: 'screen' })

  // One day is what it is.
  await page.getByRole('radio', { name: 'One day' }).check()
  await expect(sheet).toContainText('this day is not complete')
  await page.goto('/report')
  await expect(page.getByLabel('Name')).toHaveValue('')

  // In German.
  await page.getByRole('link', { name: 'Profile' }).click()
  await page.getByRole('radio', { name: 'Deutsch' }).check()
  await page.getByRole('link', { name: 'Verlauf' }).click()
  await page.getByRole('link', { name: 'Ein Bericht zum Drucken oder Weitergeben' }).click()
  await expect(sheet).toContainText('Hauptnährstoffe')
  await expect(sheet).toContainText('Zuletzt')
})

test('a person finds which foods give them something, and what would fill a gap', async ({ page }) => {
  test.setTimeout(240_000)
  await signUp(page)
  await seedDays(page, 12)
  await page.goto('/trends')
  await page.getByRole('link', { name: 'Which of my foods gives me something' }).click()
  await page.getByLabel('Nutrient').selectOption({ label: 'Calcium' })
  const foods = page.getByRole('region', { name: 'Calcium' })
  await expect(foods.getByRole('listitem').first()).toContainText('Cheese, cheddar')
  await expect(page.getByRole('region', { name: 'By meal' }).getByRole('table')).toContainText('Breakfast')
  await axe(page)
  await foods.getByText('The numbers behind').click()
  await expect(foods.getByRole('table')).toContainText('Cheese, cheddar')
  await page.getByLabel('Nutrient').selectOption({ label: 'Iodine' })
  await expect(page.getByText('No food of these days has a value for it.')).toBeVisible()

  await page.getByRole('link', { name: 'Which food would fill a gap' }).click()
  await page.getByRole('radio', { name: 'Own choice' }).check()
  await page.getByLabel('Nutrient').selectOption({ label: 'Vitamin C' })
  await page.getByRole('button', { name: 'Find foods' }).click()
  await expect(page.getByText('Write a number above 0.')).toBeVisible()
  await page.getByLabel('How much is missing, in mg').fill('80')
  await page.getByRole('button', { name: 'Find foods' }).click()
  await expect(page.getByRole('heading', { name: 'Plain foods' })).toBeVisible()
  await expect(page.getByText('100% of the gap').first()).toBeVisible()
  await page.getByRole('radio', { name: '100 kcal' }).check()
  await expect(page.getByText(/· 100 kcal ·/).first()).toBeVisible()
  await axe(page)

  // With targets, the gaps of the day.
  await send(page, 'PUT', '/api/v1/plan', { own: { calcium: { min: 5000 } } })
  await page.goto('/gap')
  await expect(page.getByText(/Missing: .*Calcium/)).toBeVisible()
  await expect(page.getByRole('heading', { name: 'Plain foods' })).toBeVisible()
})

test('a friend who was given the sums has their report, and no page of foods', async ({ page, browser }) => {
  test.setTimeout(240_000)
  await signUp(page)
  await seedDays(page, 12)
  await seedBody(page)
  const link = await page.evaluate(async () => {
    const body = JSON.stringify({ your_name: 'Ana', for: 'Ben', purpose: '', parts: [{ scope: 'summary', access: 'see' }] })
    const answer = await fetch('/api/v1/sharing/invitations', { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    return ((await answer.json()) as { link: string }).link
  })
  const other = await (await browser.newContext({ locale: 'en-GB', timezoneId: 'Europe/Berlin', viewport: { width: 1440, height: 900 } })).newPage()
  await signUp(other)
  await other.goto(link)
  await other.getByLabel('Your name').fill('Ben')
  await other.getByRole('button', { name: 'Accept' }).click()
  await expect(other.getByTestId('visit-bar')).toContainText("Ana's diary")
  await expect(other.getByRole('link', { name: 'Which of my foods gives me something' })).toHaveCount(0)
  // Neither what was measured and done nor what is aimed for comes with the sums.
  await expect(other.getByRole('figure')).toContainText('complete days')
  await expect(other.getByRole('figure')).not.toContainText('Target today')
  const offered = other.getByLabel('Nutrient or measure').getByRole('option')
  await expect(offered.filter({ hasText: 'Calcium' })).not.toHaveCount(0)
  await expect(offered.filter({ hasText: /Weight|Blood pressure|Minutes of activity/ })).toHaveCount(0)
  await other.getByRole('link', { name: 'A report to print or hand over' }).click()
  const sheet = other.getByTestId('sheet')
  await expect(sheet.getByRole('heading', { name: 'All nutrients' })).toBeVisible()
  for (const absent of ['Scores', 'Measurements', 'Notes']) await expect(sheet.getByRole('heading', { name: absent, exact: true })).toHaveCount(0)
  await expect(other.getByRole('checkbox', { name: 'My notes of these days' })).toHaveCount(0)
  await axe(other)
  await other.context().close()
})
