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

  it('has no days where there are none, and says so', () => {
    const march = choice({ scopes: ['food', 'plan', 'library'], writes: ['library'], first: '2026-03-01', last: '2026-03-31' })
    expect(partsOf(march).map(({ scope, access, first_day, last_day }) => [scope, access, first_day, last_day])).toEqual([
      ['food', 'see', '2026-03-01', '2026-03-31'],
      ['plan', 'see', null, null],
      ['library', 'write', null, null],
    ])
    expect(linesOf(chosen(march))).toEqual([
      'see foods and drinks, from 1 March 2026 to 31 March 2026; until it is withdrawn',
      'see targets and profile, all of it; until it is withdrawn',
      'see and change own foods and recipes, all of it; until it is withdrawn',
    ])
    expect(choiceOf(chosen(march))).toEqual(march)
  })

  it('may have other days for each part, and comes back with them', () => {
    const each = { food: { first: '2026-03-01', last: '' }, body: { first: '', last: '2026-03-31' } }
    const made = choice({ scopes: ['food', 'body', 'plan'], first: '2026-03-01', each })
    expect(partsOf(made)).toMatchObject([
      { scope: 'food', first_day: '2026-03-01', last_day: null },
      { scope: 'body', first_day: null, last_day: '2026-03-31' },
      { scope: 'plan', first_day: null, last_day: null },
    ])
    expect(choiceOf(chosen(made))).toEqual(made)
    const backwards = { ...made, each: { ...each, body: { first: '2026-04-01', last: '2026-03-31' } } }
    expect(problemsOf(backwards, '2026-11-23').map(([field]) => field)).toEqual(['last_day body'])
    // What is written along has the days of the food.
    const written = chosen({ ...made, writes: ['food'] })
    expect(written.filter(({ scope }) => scope === 'summary')).toMatchObject([{ first_day: '2026-03-01', last_day: null }])
  })

  it('must be something, of days in their order, that is not over', () => {
    const fields = (changes: object) => problemsOf(choice(changes), '2026-11-23').map(([field]) => field)
    expect(fields({})).toEqual(['parts'])
    expect(fields({ scopes: ['food'], first: '2026-03-02', last: '2026-03-01' })).toEqual(['last_day'])
    expect(fields({ scopes: ['food'], until: '2026-11-22' })).toEqual(['ends_on'])
    expect(fields({ scopes: ['food'], until: '2026-11-23' })).toEqual([])
  })
})
