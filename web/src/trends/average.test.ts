import { expect, test } from 'vitest'
import { movingAverage } from './average'

test('an average counts known days only and leaves gaps open', () => {
  expect(movingAverage([10, null, 20, 30], 3)).toEqual([10, null, 15, 25])
})

test('a day that is not complete has an average and is in none', () => {
  expect(movingAverage([10, 99, 20], 2, [true, false, true])).toEqual([10, 10, 20])
  expect(movingAverage([99, 98], 7, [false, false])).toEqual([null, null])
})

test('a window that slides gives what counting anew gives', () => {
  const values = Array.from({ length: 200 }, (_, at) => (at % 11 === 3 ? null : ((at * 7919) % 101) / 7))
  const counts = values.map((_, at) => at % 5 !== 1)
  const anew = values.map((value, at) => {
    const known = values.slice(Math.max(0, at - 6), at + 1).filter((each, back): each is number => each !== null && counts[Math.max(0, at - 6) + back] === true)
    return value === null || known.length === 0 ? null : known.reduce((sum, each) => sum + each, 0) / known.length
  })
  const slid = movingAverage(values, 7, counts)
  slid.forEach((value, at) => (value === null ? expect(anew[at]).toBeNull() : expect(value).toBeCloseTo(anew[at] ?? NaN, 9)))
})
