// Every page as people see it: 360 and 1440 pixels, light and dark, with data and with none, into one
// folder to be looked at (KEEPWELL_TEST_SCREENS, or test-results/screens).

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { expect, test } from './guarded'
import { keepCode, signUp, somebody } from './person'
import { seed } from './seed'

const folder = process.env['KEEPWELL_TEST_SCREENS'] ?? join(import.meta.dirname, '../test-results/screens')
const SIZES = [
  { name: '360', width: 360, height: 780 },
  { name: '1440', width: 1440, height: 900 },
]
const SCHEMES = ['light', 'dark'] as const

async function shoot(page: Page, name: string, fullPage = true): Promise<void> {
  for (const { name: size, width, height } of SIZES) {
    await page.setViewportSize({ width, height })
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await page.waitForTimeout(120)
      await page.screenshot({ path: join(folder, `${name}-${size}-${colorScheme}.png`), fullPage })
    }
  }
  await page.setViewportSize({ width: 1440, height: 900 })
}

test('every page is photographed @screens', async ({ page }) => {
  test.setTimeout(300_000)
  mkdirSync(folder, { recursive: true })
  const person = somebody()

  await page.goto('/sign-in')
  await shoot(page, 'sign-in')
  await page.goto('/recover')
  await shoot(page, 'recover')
  await page.goto('/sign-up')
  await page.getByLabel('E-mail').fill(person.email)
  await page.getByLabel('Password', { exact: true }).fill('too short')
  await page.getByRole('button', { name: 'Start your diary' }).click()
  await shoot(page, 'sign-up')
  await page.getByLabel('Password', { exact: true }).fill(person.password)
  await page.getByRole('button', { name: 'Start your diary' }).click()
  await expect(page.getByTestId('recovery-code')).toBeVisible({ timeout: 30_000 })
  await shoot(page, 'keep-code')
  await keepCode(page)

  await shoot(page, 'diary-empty')
  await page.getByRole('link', { name: 'Trends' }).click()
  await expect(page.getByText('No food in these days')).toBeVisible()
  await shoot(page, 'trends-empty')
  await page.getByRole('link', { name: 'Foods' }).click()
  await shoot(page, 'foods-empty')
  await page.getByRole('link', { name: 'Profile' }).click()
  await shoot(page, 'profile')

  await seed(page)
  await page.goto('/')
  await expect(page.getByText(/Slept well/)).toBeVisible()
  await shoot(page, 'diary')
  await page.keyboard.press('a')
  await shoot(page, 'add-lately', false)
  await page.getByRole('combobox').fill('chees ched')
  await expect(page.getByRole('option').first()).toContainText('cheddar')
  await shoot(page, 'add-found', false)
  await page.keyboard.press('Enter')
  await expect(page.getByLabel('Amount')).toBeFocused()
  await shoot(page, 'add-amount', false)
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'More for this day' }).click()
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: /^More for Salmon|^More for Fish/ }).first().click()
  await page.waitForTimeout(100)
  await page.screenshot({ path: join(folder, 'menu-1440-light.png') })
  await page.getByRole('menuitem', { name: 'Change…' }).click()
  await expect(page.getByLabel('Amount')).toBeVisible()
  await shoot(page, 'change', false)
  await page.keyboard.press('Escape')
  await page.setViewportSize({ width: 360, height: 780 })
  await page.getByText('Minerals', { exact: true }).click()
  await page.getByRole('button', { name: /^Calcium/ }).click()
  await expect(page.getByRole('dialog')).toContainText(/measured|calculated|assumed/)
  await page.screenshot({ path: join(folder, 'behind-360-dark.png') })
  await page.keyboard.press('Escape')
  await page.setViewportSize({ width: 1440, height: 900 })
  await page.getByRole('button', { name: /^More for Fish|^More for Salmon/ }).first().click()
  await page.getByRole('menuitem', { name: 'Remove' }).click()
  await expect(page.getByRole('button', { name: 'Undo' })).toBeVisible()
  await shoot(page, 'undo', false)
  await page.getByRole('button', { name: 'Undo' }).click()
  await page.keyboard.press('ArrowRight')
  await page.getByRole('button', { name: 'Copy from the day before…' }).click()
  await expect(page.getByRole('checkbox').first()).toBeVisible()
  await shoot(page, 'copy-yesterday', false)
  await page.keyboard.press('Escape')
  await page.keyboard.press('?')
  await shoot(page, 'keys', false)
  await page.keyboard.press('Escape')
  await page.getByRole('link', { name: 'Trends' }).click()
  await expect(page.getByRole('table').last()).toBeVisible()
  await shoot(page, 'trends')
  await page.getByRole('link', { name: 'Foods' }).click()
  await page.getByRole('combobox').fill('spin raw')
  await expect(page.getByRole('option').first()).toContainText(/spinach/i)
  await shoot(page, 'foods-found')
  await page.getByRole('option').first().click()
  await expect(page.getByRole('table')).toBeVisible()
  await shoot(page, 'food')

  await page.getByRole('link', { name: 'Profile' }).click()
  await page.getByRole('radio', { name: 'Deutsch' }).check()
  await shoot(page, 'profile-de')
  await page.getByRole('link', { name: 'Tagebuch' }).click()
  await expect(page.getByText('Frühstück')).toBeVisible()
  await page.keyboard.press('t')
  await expect(page.getByText(/Slept well/)).toBeVisible()
  await shoot(page, 'diary-de')
})

test('a failure says what was kept @screens', async ({ page }) => {
  mkdirSync(folder, { recursive: true })
  await signUp(page)
  await page.route('**/entries', (route) => route.abort())
  await page.keyboard.press('w')
  await expect(page.getByText(/Not saved yet/)).toBeVisible()
  await shoot(page, 'not-saved')
})
