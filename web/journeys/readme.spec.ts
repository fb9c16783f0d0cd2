// The pictures of the README, taken from the real program (`script/journeys readme`) and looked at before
// they are committed.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from './guarded'
import { signUp } from './person'
import { seed } from './seed'

const folder = process.env['KEEPWELL_TEST_SCREENS'] ?? join(import.meta.dirname, '../../docs/screenshots')
const DESKTOP = { width: 1440, height: 900 }
const PHONE = { width: 360, height: 780 }

test('the pictures of the README are taken @readme', async ({ page }) => {
  test.setTimeout(180_000)
  mkdirSync(folder, { recursive: true })
  const shoot = async (name: string, size: typeof DESKTOP, colorScheme: 'light' | 'dark') => {
    await page.setViewportSize(size)
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.mouse.move(0, 0)
    await page.waitForTimeout(300)
    await page.screenshot({ path: join(folder, `${name}.png`) })
  }

  await page.goto('/sign-up')
  await page.getByLabel('E-mail').fill('ana@example.org')
  await page.getByLabel('Password', { exact: true }).fill('quiet leaves under glass')
  await page.getByRole('heading', { level: 1 }).focus()
  await shoot('sign-up-phone-light', PHONE, 'light')

  await page.setViewportSize(DESKTOP)
  await signUp(page)
  await seed(page)
  await page.goto('/')
  await expect(page.getByText(/Slept well/)).toBeVisible()
  await shoot('diary-desktop-light', DESKTOP, 'light')
  await shoot('diary-phone-dark', PHONE, 'dark')

  await page.setViewportSize(DESKTOP)
  await page.getByText('Vitamins', { exact: true }).click()
  await page.getByRole('button', { name: /^Selenium/ }).click()
  await expect(page.getByRole('region', { name: 'Selenium' })).toContainText(/SR ?28/)
  await page.getByText('General', { exact: true }).evaluate((heading) => {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
    scrollTo(0, heading.getBoundingClientRect().top + scrollY - 140)
  })
  await shoot('sums-desktop-light', DESKTOP, 'light')
})
