// What somebody is given of a diary, as it is chosen and as it is said.

import type { SentPart } from '../api/types'
import { longDate } from '../figures/dates'
import { locale, t } from '../messages/index.svelte'

/** The parts of a diary, in the order in which people look for them. */
export const SCOPES = ['food', 'notes', 'summary', 'logged', 'activity', 'body', 'plan', 'library'] as const
/** What may be written as well as seen. Whoever writes food writes its sums along; targets are proposed. */
export const WRITABLE: ReadonlySet<string> = new Set(['food', 'notes', 'activity', 'body', 'library'])
/** What has no days: it is given whole or not at all. */
export const UNDATED: ReadonlySet<string> = new Set(['plan', 'library'])
const WITH_FOOD = ['summary', 'logged']

/** As the server gives a part back; absent days are "from the beginning" and "without end". */
export interface Part {
  scope: string
  access: string
  first_day?: string | null
  last_day?: string | null
  ends_on?: string | null
}

/** From which day to which; empty is "from the beginning" and "without end". */
export interface Days {
  first: string
  last: string
}

/** What is chosen: which scopes, and the days of all of them or of each. */
export interface Choice extends Days {
  scopes: string[]
  writes: string[]
  /** The days of a part, where they are not those of all; null while all have the same. */
  each: Record<string, Days> | null
  until: string
}

export const NOTHING: Choice = { scopes: [], writes: [], first: '', last: '', each: null, until: '' }

/** The days of a part. */
export function daysOf({ first, last, each }: Choice, scope: string): Days {
  if (UNDATED.has(scope)) return { first: '', last: '' }
  return each?.[scope] ?? { first, last }
}

/** The sums that come with writing food. */
export const along = ({ scopes, writes }: Choice): string[] => (writes.includes('food') && scopes.includes('food') ? WITH_FOOD : [])

/** A choice that says what these parts say. */
export function choiceOf(parts: readonly Part[]): Choice {
  const dated = parts.filter(({ scope }) => !UNDATED.has(scope))
  const days = dated.map(({ scope, first_day, last_day }): [string, Days] => [scope, { first: first_day ?? '', last: last_day ?? '' }])
  const { first, last } = days[0]?.[1] ?? { first: '', last: '' }
  const alike = days.every(([, one]) => one.first === first && one.last === last)
  return {
    scopes: parts.map(({ scope }) => scope),
    writes: parts.filter(({ scope, access }) => access === 'write' && WRITABLE.has(scope)).map(({ scope }) => scope),
    first,
    last,
    each: alike ? null : Object.fromEntries(days),
    until: parts[0]?.ends_on ?? '',
  }
}

/** As it is sent. */
export function partsOf(choice: Choice): SentPart[] {
  const comes = along(choice)
  return choice.scopes
    .filter((scope) => !comes.includes(scope))
    .map((scope) => {
      const { first, last } = daysOf(choice, scope)
      return {
        scope,
        access: choice.writes.includes(scope) ? 'write' : 'see',
        first_day: first || null,
        last_day: last || null,
        ends_on: choice.until || null,
      }
    })
}

/** The field of a part's last day, where each has its own. */
export const lastDayOf = (scope: string) => `last_day ${scope}`

/** What is wrong with a choice: the field and why. */
export function problemsOf(choice: Choice, today: string): [string, string][] {
  const words = t().sharing.parts
  const wrong: [string, string][] = []
  if (choice.scopes.length === 0) wrong.push(['parts', words.needed])
  const backwards = ({ first, last }: Days) => first !== '' && last !== '' && last < first
  if (!choice.each && backwards(choice)) wrong.push(['last_day', words.lastBeforeFirst])
  if (choice.each)
    for (const scope of choice.scopes) if (backwards(daysOf(choice, scope))) wrong.push([lastDayOf(scope), words.lastBeforeFirst])
  if (choice.until !== '' && choice.until < today) wrong.push(['ends_on', words.untilIsOver])
  return wrong
}

/** "1 March 2026 to 31 March 2026", "from 1 March 2026 on", or all days. */
export function daysText(first: string | null | undefined, last: string | null | undefined): string {
  const words = t().sharing.parts
  // The year always: what is granted stays granted when the year is over.
  const say = (day: string) => longDate(day, locale(), '0000')
  if (first && last) return first === last ? words.onDay(say(first)) : words.fromTo(say(first), say(last))
  if (first) return words.from(say(first))
  return last ? words.to(say(last)) : words.allDays
}

const namesOf = (scopes: readonly string[]) =>
  new Intl.ListFormat(locale(), { type: 'conjunction' }).format(scopes.map((scope) => t().sharing.parts.in[scope] ?? scope))

const order = (scope: string) => [...SCOPES].findIndex((known) => known === scope)

/** Whether it is a part without days, all of it. */
const wholly = ({ scope, first_day, last_day }: Part) => UNDATED.has(scope) && !first_day && !last_day

/** Lines that say in plain words what parts are: those of the same days and access together. */
export function linesOf(parts: readonly Part[]): string[] {
  const groups = new Map<string, Part[]>()
  for (const part of parts.toSorted((a, b) => order(a.scope) - order(b.scope))) {
    const access = part.access === 'write' ? 'write' : 'see'
    const days = wholly(part) ? 'wholly' : [part.first_day ?? '', part.last_day ?? '']
    const key = JSON.stringify([access, days, part.ends_on ?? ''])
    groups.set(key, [...(groups.get(key) ?? []), part])
  }
  const words = t().sharing.parts
  return [...groups.values()].map((group) => {
    const one = group[0] ?? { scope: '', access: 'see' }
    const { access, ends_on } = one
    const days = wholly(one) ? words.wholly : daysText(one.first_day, one.last_day)
    const what = words.may[access]?.(namesOf(group.map(({ scope }) => scope)), days) ?? ''
    return ends_on ? words.until(what, longDate(ends_on, locale(), '0000')) : words.forAsLong(what)
  })
}

/** The parts that a choice comes to, with what is written along. */
export function chosen(choice: Choice): Part[] {
  const sent = partsOf(choice)
  const food = sent.find(({ scope, access }) => scope === 'food' && access === 'write')
  return food ? [...sent, ...WITH_FOOD.map((scope) => ({ ...food, scope }))] : sent
}
