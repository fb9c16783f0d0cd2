// What somebody is given of a diary, as it is chosen and as it is said.

import type { SentPart } from '../api/types'
import { longDate } from '../figures/dates'
import { locale, t } from '../messages/index.svelte'

/** The parts of a diary that there are by now, in the order in which people look for them. */
export const SCOPES = ['food', 'notes', 'summary', 'logged'] as const
/** What may be written as well as seen. Whoever writes food writes its sums along. */
export const WRITABLE: ReadonlySet<string> = new Set(['food', 'notes'])
const WITH_FOOD = ['summary', 'logged']

/** As the server gives a part back; absent days are "from the beginning" and "without end". */
export interface Part {
  scope: string
  access: string
  first_day?: string | null
  last_day?: string | null
  ends_on?: string | null
}

/** What is chosen: which scopes, and one window of days for all of them. */
export interface Choice {
  scopes: string[]
  writes: string[]
  first: string
  last: string
  until: string
}

export const NOTHING: Choice = { scopes: [], writes: [], first: '', last: '', until: '' }

/** A choice that says what these parts say. */
export function choiceOf(parts: readonly Part[]): Choice {
  const [one] = parts
  return {
    scopes: parts.map(({ scope }) => scope),
    writes: parts.filter(({ scope, access }) => access === 'write' && WRITABLE.has(scope)).map(({ scope }) => scope),
    first: one?.first_day ?? '',
    last: one?.last_day ?? '',
    until: one?.ends_on ?? '',
  }
}

/** As it is sent. */
export function partsOf({ scopes, writes, first, last, until }: Choice): SentPart[] {
  const along = writes.includes('food') && scopes.includes('food') ? WITH_FOOD : []
  return scopes
    .filter((scope) => !along.includes(scope))
    .map((scope) => ({
      scope,
      access: writes.includes(scope) ? 'write' : 'see',
      first_day: first || null,
      last_day: last || null,
      ends_on: until || null,
    }))
}

/** What is wrong with a choice: the field and why. */
export function problemsOf({ scopes, first, last, until }: Choice, today: string): [string, string][] {
  const words = t().sharing.parts
  const wrong: [string, string][] = []
  if (scopes.length === 0) wrong.push(['parts', words.needed])
  if (first !== '' && last !== '' && last < first) wrong.push(['last_day', words.lastBeforeFirst])
  if (until !== '' && until < today) wrong.push(['ends_on', words.untilIsOver])
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

/** Lines that say in plain words what parts are: those of the same days and access together. */
export function linesOf(parts: readonly Part[]): string[] {
  const groups = new Map<string, Part[]>()
  for (const part of parts.toSorted((a, b) => order(a.scope) - order(b.scope))) {
    const access = part.access === 'write' ? 'write' : 'see'
    const key = JSON.stringify([access, part.first_day ?? '', part.last_day ?? '', part.ends_on ?? ''])
    groups.set(key, [...(groups.get(key) ?? []), part])
  }
  const words = t().sharing.parts
  return [...groups.values()].map((group) => {
    const { access = 'see', first_day, last_day, ends_on } = group[0] ?? {}
    const what = words.may[access]?.(namesOf(group.map(({ scope }) => scope)), daysText(first_day, last_day)) ?? ''
    return ends_on ? words.until(what, longDate(ends_on, locale(), '0000')) : words.forAsLong(what)
  })
}

/** The parts that a choice comes to, with what is written along. */
export function chosen(choice: Choice): Part[] {
  const sent = partsOf(choice)
  const food = sent.find(({ scope, access }) => scope === 'food' && access === 'write')
  return food ? [...sent, ...WITH_FOOD.map((scope) => ({ ...food, scope }))] : sent
}
