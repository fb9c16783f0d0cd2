// A fortnight of a diary as somebody might keep it, sent through the page's own connection.

import type { Page } from '@playwright/test'

interface Bite {
  group: string
  time: string
  food: string
  amount: number
  portion?: number
}

const sr = (number: string) => `usda-sr28:${number}`

/** Four days that repeat: foods of USDA SR28 with household measures or grams. */
const DAYS: Bite[][] = [
  [
    { group: 'breakfast', time: '07:40', food: sr('20038'), amount: 60 },
    { group: 'breakfast', time: '07:40', food: sr('01077'), amount: 250 },
    { group: 'breakfast', time: '07:45', food: sr('09040'), amount: 1, portion: 5 },
    { group: 'breakfast', time: '07:50', food: sr('14209'), amount: 300 },
    { group: 'lunch', time: '12:30', food: sr('16069'), amount: 80 },
    { group: 'lunch', time: '12:30', food: sr('11124'), amount: 90 },
    { group: 'lunch', time: '12:30', food: sr('04053'), amount: 12 },
    { group: 'lunch', time: '12:35', food: sr('18060'), amount: 2, portion: 1 },
    { group: 'dinner', time: '19:10', food: sr('15086'), amount: 160 },
    { group: 'dinner', time: '19:10', food: sr('11355'), amount: 240 },
    { group: 'dinner', time: '19:10', food: sr('11090'), amount: 150 },
    { group: 'snacks', time: '16:00', food: sr('12061'), amount: 30 },
    { group: 'snacks', time: '16:00', food: sr('09003'), amount: 1, portion: 2 },
    { group: 'snacks', time: '21:45', food: sr('19904'), amount: 20 },
  ],
  [
    { group: 'breakfast', time: '08:15', food: sr('01009'), amount: 1.5, portion: 2 },
    { group: 'breakfast', time: '08:15', food: sr('18060'), amount: 2, portion: 1 },
    { group: 'lunch', time: '13:00', food: sr('20045'), amount: 90 },
    { group: 'lunch', time: '13:00', food: sr('05062'), amount: 140 },
    { group: 'dinner', time: '18:50', food: sr('11507'), amount: 220 },
    { group: 'snacks', time: '15:30', food: sr('09040'), amount: 120 },
  ],
  [
    { group: 'breakfast', time: '07:30', food: sr('20038'), amount: 70 },
    { group: 'lunch', time: '12:15', food: sr('16057'), amount: 200 },
    { group: 'dinner', time: '19:30', food: sr('20045'), amount: 100 },
    { group: 'dinner', time: '19:30', food: sr('04053'), amount: 15 },
  ],
]


export async function seed(page: Page): Promise<void> {
  await page.evaluate(async (days) => {
    const day = (back: number) => {
      const now = new Date()
      const date = new Date(Date.UTC(now.getFullYear(), now.getMonth(), now.getDate() - back))
      return date.toISOString().slice(0, 10)
    }
    const id = () => {
      const random = crypto.randomUUID()
      const time = Date.now().toString(16).padStart(12, '0')
      return `${time.slice(0, 8)}-${time.slice(8, 12)}-7${random.slice(15)}`
    }
    const zone = 'Europe/Berlin'
    const send = async (method: string, path: string, body: unknown) => {
      const answer = await fetch(`/api/v1/days/${path}`, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
    }
    for (const back of [0, 1, 2, 3, 5, 6, 7, 8, 9, 11, 12, 13]) {
      for (const bite of days[back % days.length] ?? []) {
        await send('POST', `${day(back)}/entries`, { id: id(), kind: 'food', zone, ...bite })
      }
      if (back > 0 && back !== 6) await send('PATCH', day(back), { complete: true })
    }
    for (const [time, ml] of [['07:30', 250], ['11:00', 500], ['15:45', 250]] as const) {
      await send('POST', `${day(0)}/entries`, { id: id(), kind: 'water', time, zone, ml })
    }
    const text = 'Slept well. Ran 5 km along the river before breakfast; legs felt light.'
    await send('POST', `${day(0)}/entries`, { id: id(), kind: 'note', time: '08:30', zone, text })
  }, DAYS)
}

/** An own food, a supplement, a recipe, a meal and something that repeats. */
export async function seedLibrary(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const id = () => `01930000-0000-7000-8000-${crypto.randomUUID().slice(24)}`
    const [oats, pill, porridge, meal, repeat] = [id(), id(), id(), id(), id()]
    const parts = [
      { food: `own:${oats}`, amount: 2, portion: 1 },
      { food: 'usda-sr28:01077', amount: 400 },
      { food: 'usda-sr28:09040', amount: 100 },
    ]
    const eu = [
      ['energy', 1567, 'kJ'],
      ['fat', 7, 'g'],
      ['saturated', 1.3, 'g'],
      ['carbohydrate', 58.7, 'g'],
      ['sugars', 0.7, 'g'],
      ['fiber', 10, 'g'],
      ['protein', 13.5, 'g'],
      ['salt', 0.02, 'g'],
    ].map(([key, amount, unit]) => ({ key, amount, unit }))
    const items = [
      { id: oats, item: { kind: 'food', name: 'Oat flakes, wholegrain', maker: 'Mill on the river', label: { shape: 'eu', amount: 100, unit: 'g', lines: eu }, portions: [{ seq: 1, name: '1 bowl', grams: 40 }] } },
      { id: pill, item: { kind: 'food', name: 'Vitamin D 1000', supplement: true, label: { shape: 'us', amount: 1, unit: 'g', lines: [{ key: 'vitamin_d', amount: 1000, unit: 'IU' }] }, portions: [{ seq: 1, name: '1 capsule', grams: 1 }] } },
      { id: porridge, item: { kind: 'recipe', name: 'Porridge with banana', parts, portions: 2, portion_name: '1 bowl', cooked_grams: 540, steps: 'Simmer the oats in the milk for five minutes.\nSlice the banana over it.' } },
      { id: meal, item: { kind: 'meal', name: 'Usual breakfast', parts: [{ food: `own:${porridge}`, amount: 1, portion: 1 }, { food: 'usda-sr28:14209', amount: 300 }] } },
      { id: repeat, item: { kind: 'repeat', parts: [{ food: `own:${pill}`, amount: 1, portion: 1 }], group: 'breakfast', time: '07:30', weekdays: [true, true, true, true, true, false, false] } },
    ]
    const answer = await fetch('/api/v1/library', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ items }) })
    if (!answer.ok) throw new Error(await answer.text())
  })
}
