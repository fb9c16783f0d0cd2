// Every page, light and dark, small and large: axe finds nothing serious, and nothing runs off the side.

import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, test } from './guarded'
import { keepCode, somebody } from './person'
import { seed } from './seed'

async function check(page: Page, name: string): Promise<void> {
  for (const width of [360, 1440]) {
    await page.setViewportSize({ width, height: 800 })
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await page.waitForTimeout(50)
      const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']).analyze()
      const found = violations.flatMap(({ id, impact, nodes }) => nodes.map(({ target }) => `${impact} ${id} ${target.join(' ')}`))
      expect.soft(found, `${name} at ${width} px, ${colorScheme}`).toEqual([])
    }
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
    expect.soft(overflow, `${name} at ${width} px runs off the side`).toBeLessThanOrEqual(0)
  }
}

test('every page can be used by everybody', async ({ page }) => {
  test.setTimeout(300_000)
  const person = somebody()
  for (const path of ['/sign-in', '/recover', '/sign-up']) {
    await page.goto(path)
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    await check(page, path)
  }
  await page.getByLabel('E-mail').fill(person.email)
  await page.getByLabel('Password', { exact: true }).fill(person.password)
  await page.getByRole('button', { name: 'Start your diary' }).click()
  await expect(page.getByTestId('recovery-code')).toBeVisible({ timeout: 30_000 })
  await check(page, 'recovery code')
  await keepCode(page)
  await check(page, 'empty day')
  await page.getByRole('link', { name: 'Trends' }).click()
  await expect(page.getByText('No food in these days')).toBeVisible()
  await check(page, 'empty trends')

  await seed(page)
  await page.goto('/')
  await expect(page.getByText(/Slept well/)).toBeVisible()
  await check(page, 'day')
  await page.setViewportSize({ width: 360, height: 800 })
  await page.getByText('Minerals', { exact: true }).click()
  await page.getByRole('button', { name: /^Calcium/ }).click()
  await expect(page.getByRole('dialog')).toContainText(/SR ?28/)
  await check(page, 'foods behind a number')
  await page.keyboard.press('Escape')
  await page.keyboard.press('a')
  await page.getByRole('combobox').fill('chees ched')
  await expect(page.getByRole('option').first()).toContainText('cheddar')
  await check(page, 'search')
  await page.keyboard.press('Enter')
  await expect(page.getByLabel('Amount')).toBeFocused()
  await check(page, 'amount')
  await page.keyboard.press('Escape')
  await page.getByRole('link', { name: 'Trends' }).click()
  await expect(page.getByRole('table').last()).toBeVisible()
  await check(page, 'trends')
  await page.getByRole('link', { name: 'Foods' }).click()
  await page.getByRole('combobox').fill('spin raw')
  await page.getByRole('option').first().click()
  await expect(page.getByRole('table')).toBeVisible()
  await check(page, 'food')
  await page.getByRole('link', { name: 'Profile' }).click()
  await check(page, 'profile')
  await page.getByRole('radio', { name: 'Deutsch' }).check()
  await page.getByRole('link', { name: 'Tagebuch' }).click()
  await check(page, 'day in German')
})
