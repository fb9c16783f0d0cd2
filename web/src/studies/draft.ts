// A protocol as a researcher writes it, between what stands in the form and what is sent.

import type { Protocol, Question, Questionnaire, SentProtocol } from '../api/types'
import { t } from '../messages/index.svelte'
import { numberOf } from './answers'

export const SCOPES = ['none', 'logged', 'summary', 'food'] as const
export const OTHERS = ['body', 'activity'] as const
export type Most = (typeof SCOPES)[number]
export const KINDS = ['number', 'scale', 'choice', 'text'] as const
export type Kind = (typeof KINDS)[number]
export const OFTEN = ['once', 'day', 'week'] as const

export interface DraftQuestion {
  key: string
  text: string
  required: boolean
  kind: Kind
  unit: string
  least: string
  most: string
  leastMeans: string
  mostMeans: string
  options: string
  several: boolean
  characters: string
}

export interface DraftQuestionnaire {
  key: string
  title: string
  every: (typeof OFTEN)[number]
  questions: DraftQuestion[]
}

export interface Draft {
  title: string
  sheet: string
  consent: string
  contact: string
  ethics: string
  most: Most
  /** Parts that are asked for each on its own. */
  others: string[]
  window: 'from_consent' | 'dates'
  days: string
  first: string
  last: string
  minimum: string
  endsOn: string
  listed: boolean
  dates: boolean
  questionnaires: DraftQuestionnaire[]
}

export const EMPTY: Draft = {
  title: '', sheet: '', consent: '', contact: '', ethics: '', most: 'summary', others: [], window: 'from_consent', days: '14', first: '', last: '',
  minimum: '5', endsOn: '', listed: false, dates: false, questionnaires: [],
}

export const newQuestion = (n: number): DraftQuestion => ({
  key: `q${n}`, text: '', required: true, kind: 'number', unit: '', least: '0', most: '10', leastMeans: '', mostMeans: '', options: '',
  several: false, characters: '500',
})

export const newQuestionnaire = (n: number): DraftQuestionnaire => ({ key: `part${n}`, title: '', every: 'once', questions: [newQuestion(1)] })

/** A draft that says what a protocol says. */
export function draftOf(protocol: Protocol, listed: boolean): Draft {
  const { window } = protocol
  return {
    ...EMPTY,
    title: protocol.title,
    sheet: protocol.sheet,
    consent: protocol.consent,
    contact: protocol.contact,
    ethics: protocol.ethics,
    most: SCOPES.findLast((scope) => protocol.scopes.includes(scope)) ?? 'none',
    others: OTHERS.filter((scope) => protocol.scopes.includes(scope)),
    window: window.kind,
    days: window.kind === 'from_consent' ? String(window.days) : EMPTY.days,
    first: window.kind === 'dates' ? window.first_day : '',
    last: window.kind === 'dates' ? window.last_day : '',
    minimum: String(protocol.minimum_group),
    endsOn: protocol.ends_on,
    listed,
    dates: protocol.dates,
    questionnaires: protocol.questionnaires.map(({ questions, ...rest }) => ({ ...rest, questions: questions.map(draftQuestionOf) })),
  }
}

function draftQuestionOf({ key, text, required, answer }: Question): DraftQuestion {
  const draft = { ...newQuestion(1), key, text, required, kind: answer.kind }
  switch (answer.kind) {
    case 'number':
      return { ...draft, unit: answer.unit, least: String(answer.least), most: String(answer.most) }
    case 'scale':
      return { ...draft, least: String(answer.least), most: String(answer.most), leastMeans: answer.least_means, mostMeans: answer.most_means }
    case 'choice':
      return { ...draft, options: answer.options.join('\n'), several: answer.several }
    case 'text':
      return { ...draft, characters: String(answer.characters_max) }
  }
}

/** As it is sent; what is wrong with it the server says. */
export function protocolOf(draft: Draft): SentProtocol {
  const { most, others, window, days, first, last, minimum, endsOn, questionnaires, ...rest } = draft
  return {
    ...rest,
    scopes: [...(most === 'none' ? [] : [most]), ...others],
    window: window === 'dates' ? { kind: 'dates', first_day: first, last_day: last } : { kind: 'from_consent', days: wholeOf(days) ?? 0 },
    minimum_group: wholeOf(minimum) ?? 0,
    ends_on: endsOn,
    questionnaires: questionnaires.map((one): Questionnaire => ({ ...one, questions: one.questions.map(questionOf) })),
  }
}

function questionOf({ key, text, required, ...draft }: DraftQuestion): Question {
  const [least, most] = [numberOf(draft.least) ?? 0, numberOf(draft.most) ?? 0]
  const options = draft.options.split('\n').map((option) => option.trim()).filter(Boolean)
  const answers: Record<Kind, Question['answer']> = {
    number: { kind: 'number', unit: draft.unit, least, most },
    scale: { kind: 'scale', least: Math.round(least), most: Math.round(most), least_means: draft.leastMeans, most_means: draft.mostMeans },
    choice: { kind: 'choice', options, several: draft.several },
    text: { kind: 'text', characters_max: wholeOf(draft.characters) ?? 0 },
  }
  return { key, text, required, answer: answers[draft.kind] }
}

function wholeOf(text: string): number | null {
  return /^\d{1,6}$/.test(text.trim()) ? Number(text.trim()) : null
}

/** What is missing: the field and what to do. */
export function problemsOf({ title, sheet, consent, contact, window, days, first, last, minimum, endsOn }: Draft): [string, string][] {
  const words = t().studies.research.fields
  const wrong: [string, string][] = []
  for (const [field, text] of Object.entries({ title, sheet, consent, contact })) {
    if (text.trim() === '') wrong.push([field, words.needed])
  }
  if (window === 'from_consent' && wholeOf(days) === null) wrong.push(['window.days', words.numberNeeded])
  if (window === 'dates' && first === '') wrong.push(['window.first_day', words.dayNeeded])
  if (window === 'dates' && last === '') wrong.push(['window.last_day', words.dayNeeded])
  if (wholeOf(minimum) === null) wrong.push(['minimum_group', words.numberNeeded])
  if (endsOn === '') wrong.push(['ends_on', words.dayNeeded])
  return wrong
}
