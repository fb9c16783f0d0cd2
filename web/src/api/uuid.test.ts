import { expect, test } from 'vitest'
import { uuidV7 } from './uuid'

test('an id carries its time, its version and its variant', () => {
  const id = uuidV7(0x0192_3456_789a)
  expect(id).toMatch(/^01923456-789a-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})

test('ids made later sort later, and no two are the same', () => {
  expect(uuidV7(1_000) < uuidV7(2_000)).toBe(true)
  expect(uuidV7(1_000)).not.toBe(uuidV7(1_000))
})
