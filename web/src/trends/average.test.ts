import { expect, test } from 'vitest'
import { movingAverage } from './average'

test('an average counts known days only and leaves gaps open', () => {
  expect(movingAverage([10, null, 20, 30], 3)).toEqual([10, null, 15, 25])
})
