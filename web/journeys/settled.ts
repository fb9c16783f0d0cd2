// Waits for what moves on a page: text that is still fading in is not what anybody reads.
import type { Page } from '@playwright/test'

/** Waits until everything that moves and ends has ended. */
export async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const ending = document.getAnimations().filter(({ effect }) => Number.isFinite(effect?.getComputedTiming().endTime))
    await Promise.allSettled(ending.map(({ finished }) => finished))
  })
}
