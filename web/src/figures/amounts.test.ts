import { expect, test } from 'vitest'
import { brief, gramsOf, parseAmount, readable, typedAmount } from './amounts'

test.each([
  ['1.5', 1.5],
  ['1,5', 1.5],
  [' 60 ', 60],
  ['1/2', 0.5],
  ['.5', 0.5],
  ['2,', 2],
])('%j is the amount %d', (text, amount) => expect(parseAmount(text)).toBe(amount))

test.each(['', '0', '-1', 'two', '1.2.3', '1/0', '100001', 'Infinity', '1e3'])('%j is not an amount', (text) =>
  expect(parseAmount(text)).toBeNull(),
)

test('an amount can be typed back in the language it was shown in', () => {
  for (const language of ['en', 'de']) expect(parseAmount(typedAmount(1234.5, language))).toBe(1234.5)
})

test('a number shows the decimals that help, never more than its table has', () => {
  expect(readable(2013.2, 1, 'en')).toBe('2,013')
  expect(readable(61.14, 2, 'en')).toBe('61.1')
  expect(readable(2.2951, 3, 'de')).toBe('2,30')
  expect(readable(0.0081, 3, 'en')).toBe('0.008')
  expect(readable(8, 0, 'en')).toBe('8')
})

test('a weight has no empty decimals', () => {
  expect(brief(60, 'en')).toBe('60')
  expect(brief(56.7, 'de')).toBe('56,7')
})

test('an amount without a portion is grams', () => {
  expect(gramsOf(1.5, { grams: 28 })).toBe(42)
  expect(gramsOf(150, null)).toBe(150)
})
