// A year and a month of a diary, so that looking back has something to look at: days that repeat with other amounts,
// some not complete, some left out.

import type { Page } from '@playwright/test'

/** Sends so many days that end today, four foods each; every ninth is left out and every seventh not complete. */
export async function seedDays(page: Page, count: number): Promise<void> {
  await page.evaluate(async (days) => {
    const foods = ['usda-sr28:20038', 'usda-sr28:01009', 'usda-sr28:09040', 'usda-sr28:11507', 'usda-sr28:05062', 'usda-sr28:16057']
    const groups = ['breakfast', 'snacks', 'lunch', 'dinner']
    const times = ['07:30', '10:15', '12:45', '19:10']
    const now = new Date()
    const dayOf = (back: number) => new Date(Date.UTC(now.getFullYear(), now.getMonth(), now.getDate() - back)).toISOString().slice(0, 10)
    const id = () => `${Date.now().toString(16).padStart(12, '0').replace(/^(.{8})/, '$1-')}-7${crypto.randomUUID().slice(15)}`
    const send = async (method: string, path: string, body: unknown) => {
      const answer = await fetch(`/api/v1/days/${path}`, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
    }
    const seedDay = async (back: number) => {
      if (back % 9 === 4) return
      for (const [at, group] of groups.entries()) {
        const amount = 60 + ((back * 37 + at * 53) % 140) + (back % 7 === 2 ? 60 : 0)
        await send('POST', `${dayOf(back)}/entries`, { id: id(), kind: 'food', zone: 'Europe/Berlin', group, time: times[at], food: foods[(back + at) % foods.length], amount })
      }
      if (back % 7 !== 0) await send('PATCH', dayOf(back), { complete: true })
    }
    // A few at a time: as many as a browser has connections.
    let next = 0
    await Promise.all(
      Array.from({ length: 6 }, async () => {
        while (next < days) await seedDay(next++)
      }),
    )
  }, count)
}
