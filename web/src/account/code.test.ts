import { expect, test } from 'vitest'
import { groupsOf, isLastGroup } from './code'

const code = 'W3GR-45KN-E9AK-0PM1'

test('the last group may be written in any way that means the same', () => {
  for (const typed of ['0PM1', ' 0pm1 ', 'OPMI', 'opml', '0P M1']) expect(isLastGroup(code, typed)).toBe(true)
})

test('anything else is not the last group', () => {
  for (const typed of ['', 'E9AK', '0PM', '0PM11']) expect(isLastGroup(code, typed)).toBe(false)
})

test('a code is read in its groups', () => expect(groupsOf(code)).toHaveLength(4))
