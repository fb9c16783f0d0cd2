// Waits for what moves on a page: text that is still fading in is not what anybody reads.
import type { Page } from '@playwright/test'

/** Waits until nothing moves any more, what began to move while we waited included. */
export async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const frame = () => new Promise((drawn) => requestAnimationFrame(drawn))
    const ending = () => document.getAnimations().filter(({ effect }) => Number.isFinite(effect?.getComputedTiming().endTime))
    // Three frames in a row without anything that moves: what an answer brings begins in the next one.
    for (let still = 0; still < 3; still += 1) {
      const moving = ending()
      if (moving.length > 0) still = -1
      await Promise.allSettled(moving.map(({ finished }) => finished))
      await frame()
    }
  })
}
