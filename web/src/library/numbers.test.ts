import { expect, test } from 'vitest'
import { statedNumber } from './numbers'

test('nothing and less than something are unknown, zero is stated', () => {
  for (const text of ['', ' ', '<0.5', '< 0,5 g', '–']) expect(statedNumber(text)).toBeNull()
  expect(statedNumber('0')).toBe(0)
  expect(statedNumber('0,02')).toBe(0.02)
  expect(statedNumber('58.7')).toBe(58.7)
  for (const text of ['traces', '-1', '1e9', '1.2.3']) expect(statedNumber(text)).toBeNaN()
})
