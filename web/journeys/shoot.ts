// Pictures of a page at both sizes and in both schemes.

import { join } from 'node:path'
import type { Page } from '@playwright/test'

export const folder = process.env['KEEPWELL_TEST_SCREENS'] ?? join(import.meta.dirname, '../test-results/screens')
const SIZES = [
  { name: '360', width: 360, height: 780 },
  { name: '1440', width: 1440, height: 900 },
]
const SCHEMES = ['light', 'dark'] as const

export async function shoot(page: Page, name: string, fullPage = true): Promise<void> {
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
