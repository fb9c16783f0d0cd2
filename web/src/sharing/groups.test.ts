import { expect, test } from 'vitest'
import type { Look } from '../api/types'
import { beginOf, byDay } from './groups'

let seq = 100
const look = (at: string, more: Partial<Look> = {}): Look => {
  const moment = new Date(at).toISOString()
  return { seq: seq--, at: moment, who: 'ben', name: 'Ben', kind: 'friend', actor: 'ben', act: 'looked', parts: ['food'], first_day: '2026-03-03', last_day: '2026-03-03', ...more }
}

test('the same thing on one day is told once, with how often and when last', () => {
  const [today, yesterday, ...others] = byDay([
    look('2026-11-22T14:05:00'),
    look('2026-11-22T13:00:00', { act: 'entry_recorded' }),
    look('2026-11-22T12:00:00'),
    look('2026-11-22T00:00:00'),
    look('2026-11-21T23:59:00'),
  ])
  expect(others).toEqual([])
  expect(today?.day).toBe('2026-11-22')
  expect(today?.groups.map(({ look: { act }, times, last }) => [act, times, last])).toEqual([
    ['looked', 3, '14:05'],
    ['entry_recorded', 1, '13:00'],
  ])
  expect([yesterday?.day, yesterday?.groups[0]?.times]).toEqual(['2026-11-21', 1])
})

test('other people, parts and days are other things', () => {
  const at = '2026-11-22T14:05:00'
  const found = byDay([look(at), look(at, { who: 'practice' }), look(at, { parts: ['food', 'notes'] }), look(at, { last_day: '2026-03-04' })])
  expect(found[0]?.groups.length).toBe(4)
})

test('a day begins at midnight here', () => {
  expect(new Date(beginOf('2026-11-22')).getHours()).toBe(0)
  expect(new Date(beginOf('2026-11-22')).getDate()).toBe(22)
})
