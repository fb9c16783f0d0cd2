import { describe, expect, it } from 'vitest'
import type { Question } from '../api/types'
import { begin, givenOf, numberOf } from './answers'

const asked = (answer: Question['answer']): Question => ({ key: 'q', text: 'How?', required: true, answer })

describe('what is typed into a questionnaire', () => {
  it('reads numbers as people write them', () => {
    expect(['7,5', ' -3 ', '0', '1.', '', 'many', '1e3'].map(numberOf)).toEqual([7.5, -3, 0, 1, null, null, null])
  })

  it('gives steps of a scale by what they are and options by their place', () => {
    const scale = asked({ kind: 'scale', least: 1, most: 5, least_means: '', most_means: '' })
    expect(givenOf(scale, { text: '', chosen: [3] })).toBe(4)
    expect(begin(4, 1).chosen).toEqual([3])
    const choice = asked({ kind: 'choice', options: ['a', 'b', 'c'], several: true })
    expect(givenOf(choice, { text: '', chosen: [0, 2] })).toEqual([0, 2])
    expect(givenOf(choice, begin(undefined))).toBeNull()
    expect(givenOf(asked({ kind: 'text', characters_max: 20 }), { text: '  ', chosen: [] })).toBeNull()
  })
})
