// Weeks of measurements, walks and fasts as somebody might keep them, sent through the page's own connection.

import type { Page } from '@playwright/test'

export async function seedBody(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const send = async (method: string, path: string, body: object) => {
      const answer = await fetch(path, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
      if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
    }
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
    const two = (n: number) => String(n).padStart(2, '0')
    const day = (back: number) => {
      const at = new Date(Date.now() - back * 86_400_000)
      return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
    }
    const add = (back: number, kind: string, time: string, fields: object) => send('POST', `/api/v1/days/${day(back)}/entries`, { id: crypto.randomUUID(), kind, time, zone, ...fields })
    const measure = (back: number, time: string, name: string, value: number, unit: string, more: object = {}) => add(back, 'measurement', time, { measure: name, value, unit, ...more })
    const grip = crypto.randomUUID()
    await send('PUT', `/api/v1/measures/${grip}`, { name: 'Grip strength', unit: 'kg' })
    await send('PUT', `/api/v1/activities/own/${crypto.randomUUID()}`, { name: 'Rowing with Eva', met: 5 })
    for (let back = 40; back >= 0; back -= 2) await measure(back, '07:10', 'weight', Math.round((71.4 - (40 - back) * 0.03 + Math.sin(back) * 0.5) * 10) / 10, 'kg')
    for (const back of [21, 14, 7, 0]) await measure(back, '07:15', 'blood_pressure', 118 + (back % 5), 'mmHg', { second: 76 + (back % 3) })
    await measure(0, '07:20', 'mood', 4, 'points')
    await measure(0, '07:21', 'sleep', 7.25, 'h', { note: 'woke up once' })
    await measure(3, '10:00', 'glucose', 92, 'mg/dL')
    await measure(5, '18:00', `own:${grip}`, 41, 'kg', { name: 'Grip strength' })
    for (const back of [12, 9, 6, 4, 2, 0]) await add(back, 'activity', '17:30', { activity: back % 4 === 0 ? '17190' : '01016', minutes: 30 + back * 2, weight_kg: 70.2 })
    await add(2, 'activity', '12:00', { name: 'Gardening with Eva', minutes: 45, kcal: 120 })
    const at = (hours: number) => ({ at: new Date(Date.now() - hours * 3_600_000).toISOString(), zone })
    for (const [begins, ends] of [[86, 70], [62, 45], [38, 23]] as const) await send('PUT', `/api/v1/fasts/${crypto.randomUUID()}`, { begins: at(begins), ends: at(ends), goal_hours: 16 })
    await send('PUT', `/api/v1/fasts/${crypto.randomUUID()}`, { begins: at(10.4), goal_hours: 16 })
  })
}
