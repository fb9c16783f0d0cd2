// What axe says of a page that has come to rest.
import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect } from './guarded'
import { settled } from './settled'

/** Says that axe finds nothing by the rules of WCAG 2.2 AA on the page as it stands. */
export async function axe(page: Page): Promise<void> {
  // Nothing fades from here on: a button that becomes another one by an answer that comes late has its colour at once.
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await settled(page)
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze()
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target, failureSummary }) => `${String(target)} ${failureSummary ?? ''}`).join(', ')}`)).toEqual([])
}
