import { beforeAll, describe, expect, it, vi } from 'vitest'
import { speak } from '../messages/index.svelte'
import { choiceOf, chosen, linesOf, NOTHING, partsOf, problemsOf } from './parts'

beforeAll(() => {
  vi.stubGlobal('document', { documentElement: {} })
  vi.stubGlobal('navigator', { languages: ['en-GB'] })
  return speak('en')
})

const choice = (changes: object) => ({ ...NOTHING, ...changes })

describe('what is given', () => {
  it('is sent as it was chosen, with its sums only where food is written', () => {
    const sent = partsOf(choice({ scopes: ['food', 'summary', 'notes'], writes: ['food'], first: '2026-03-01' }))
    expect(sent.map(({ scope, access }) => [scope, access])).toEqual([
      ['food', 'write'],
      ['notes', 'see'],
    ])
    expect(sent[0]).toMatchObject({ first_day: '2026-03-01', last_day: null, ends_on: null })
  })

  it('forgets leave to write what is not given', () => {
    expect(partsOf(choice({ scopes: ['notes'], writes: ['food'] }))).toMatchObject([{ scope: 'notes', access: 'see' }])
  })

  it('comes back as the choice that it was', () => {
    const made = choice({ scopes: ['food', 'summary', 'logged'], writes: ['food'], first: '2026-03-01', last: '2026-03-31', until: '2026-12-31' })
    expect(choiceOf(chosen(made))).toEqual(made)
  })

  it('is said in plain words, days and end with it', () => {
    const march = choice({ scopes: ['food', 'notes'], first: '2026-03-01', last: '2026-03-31', until: '2026-12-31' })
    const [line, ...more] = linesOf(chosen(march))
    expect(more).toEqual([])
    expect(line).toBe('see foods and drinks and notes, from 1 March 2026 to 31 March 2026; until 31 December 2026')
    const written = linesOf(chosen(choice({ scopes: ['food', 'notes'], writes: ['food'] })))
    expect(written).toEqual([
      "see and change foods and drinks, the day's totals and which days were logged, all days, also those to come; until it is withdrawn",
      'see notes, all days, also those to come; until it is withdrawn',
    ])
  })

  it('must be something, of days in their order, that is not over', () => {
    const fields = (changes: object) => problemsOf(choice(changes), '2026-11-23').map(([field]) => field)
    expect(fields({})).toEqual(['parts'])
    expect(fields({ scopes: ['food'], first: '2026-03-02', last: '2026-03-01' })).toEqual(['last_day'])
    expect(fields({ scopes: ['food'], until: '2026-11-22' })).toEqual(['ends_on'])
    expect(fields({ scopes: ['food'], until: '2026-11-23' })).toEqual([])
  })
})
