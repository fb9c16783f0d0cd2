// How long it takes from the click to a year's trend of another nutrient, with 400 days in the diary. Not a journey:
// it is run by `npm run speed`, prints what it measured, and asserts nothing about it.

import { expect, test } from './guarded'
import { signUp } from './person'
import { seedDays } from './year'

const DAYS = 400
const NUTRIENTS = ['calcium', 'iron', 'vitamin_c', 'magnesium', 'zinc', 'folate', 'sodium', 'omega3', 'leucine', 'selenium', 'potassium', 'vitamin_a', 'copper', 'lysine', 'choline']

const middle = (all: number[]) => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)]?.toFixed(0)
const most = (all: number[]) => Math.max(...all).toFixed(0)

test('a year of another nutrient is drawn @speed', async ({ page }) => {
  test.setTimeout(900_000)
  await signUp(page)
  await seedDays(page, DAYS)
  await page.goto('/trends')
  await page.getByRole('radio', { name: 'A year' }).check()
  const chart = page.getByTestId('chart')
  await expect(chart).toHaveAttribute('data-drawn', 'energy')
  await page.waitForTimeout(1000)

  const drawn: number[] = []
  for (const key of NUTRIENTS) {
    drawn.push(
      await page.evaluate(async (wanted) => {
        const picker = document.querySelector<HTMLSelectElement>('.things select')
        const chart = document.querySelector<HTMLElement>('[data-testid=chart]')
        if (!picker || !chart) throw new Error('no chart')
        const from = performance.now()
        picker.value = wanted
        picker.dispatchEvent(new Event('change', { bubbles: true }))
        while (chart.dataset['drawn'] !== wanted) await new Promise((next) => setTimeout(next, 0))
        // Drawn is when the next picture of the page stands.
        await new Promise((next) => requestAnimationFrame(() => setTimeout(next, 0)))
        return performance.now() - from
      }, key),
    )
    await page.waitForTimeout(150)
  }
  const asked = async (nutrients: string) =>
    page.evaluate(
      async ([days, keys]) => {
        const now = Date.now()
        const day = (back: number) => new Date(now - back * 86_400_000).toISOString().slice(0, 10)
        const times: number[] = []
        let bytes = 0
        for (let round = 0; round < 15; round++) {
          const from = performance.now()
          const answer = await fetch(`/api/v1/days?from=${day(Number(days) - 1)}&to=${day(0)}&nutrients=${keys}`)
          bytes = (await answer.text()).length
          times.push(performance.now() - from)
        }
        return { times, bytes }
      },
      [String(DAYS), nutrients] as const,
    )
  const table = await page.evaluate(async () => ((await (await fetch('/api/v1/nutrients')).json()) as { nutrients: { key: string }[] }).nutrients.map(({ key }) => key))
  const [one, all] = [await asked('calcium'), await asked(table.join(','))]
  console.log(`click to drawn, ${DAYS} days, ${NUTRIENTS.length} nutrients: median ${middle(drawn)} ms, most ${most(drawn)} ms`)
  console.log(`request, ${DAYS} days, 1 nutrient: median ${middle(one.times)} ms, ${one.bytes} B`)
  console.log(`request, ${DAYS} days, ${table.length} nutrients: median ${middle(all.times)} ms, ${all.bytes} B`)
})
