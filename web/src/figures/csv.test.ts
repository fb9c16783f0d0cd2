import { expect, test } from 'vitest'
import { csvOf } from './csv'

test('a table is read by spreadsheets as it was meant', () => {
  expect(csvOf([['Day', 'Fat, g'], ['2026-11-22', 1.5], ['2026-11-23', null]])).toBe('Day,"Fat, g"\r\n2026-11-22,1.5\r\n2026-11-23,\r\n')
  expect(csvOf([['say "hi"', '=1+1', '-x', -3]])).toBe('"say ""hi""",\'=1+1,\'-x,-3\r\n')
})
