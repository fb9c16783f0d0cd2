import { expect, test } from 'vitest'
import { correlation, lineThrough, quantile, summaryOf } from './stats'

test('a summary is what one works out by hand', () => {
  expect(summaryOf([4, 2, 9])).toEqual({ n: 3, mean: 5, deviation: Math.sqrt(13), least: 2, most: 9, median: 4 })
  expect(summaryOf([7])).toMatchObject({ n: 1, mean: 7, deviation: null, median: 7 })
  expect(summaryOf([])).toBeNull()
})

test('a quantile lies between the two nearest', () => {
  expect([0, 0.25, 0.5, 1].map((part) => quantile([1, 2, 3, 4], part))).toEqual([1, 1.75, 2.5, 4])
  expect(quantile([], 0.5)).toBeNaN()
})

test('the line through points on a line is that line', () => {
  const line = lineThrough([1, 2, 5].map((x) => ({ x, y: 3 * x - 2 })))
  expect(line?.slope).toBeCloseTo(3)
  expect(line?.intercept).toBeCloseTo(-2)
  expect(lineThrough([{ x: 1, y: 1 }])).toBeNull()
  expect(lineThrough([{ x: 1, y: 1 }, { x: 1, y: 2 }])).toBeNull()
})

test('things that go together, against each other, and not at all', () => {
  const pairs = (ys: number[]) => ys.map((y, x) => ({ x, y }))
  expect(correlation(pairs([1, 2, 3, 4]))).toBeCloseTo(1)
  expect(correlation(pairs([4, 3, 2, 1]))).toBeCloseTo(-1)
  expect(correlation(pairs([1, -1, -1, 1]))).toBeCloseTo(0)
  expect(correlation(pairs([1, 2]))).toBeNull()
  expect(correlation(pairs([2, 2, 2]))).toBeNull()
})
