// What is typed into a questionnaire, and the answer that it comes to.

import type { Given, Question } from '../api/types'

/** What stands in the fields of one question. A scale's steps are chosen by their place, like options. */
export interface Typed {
  text: string
  chosen: number[]
}

/** What stands there at first: what was answered before. Places of a scale's steps count from its lowest. */
export function begin(before: Given | undefined, least = 0): Typed {
  if (Array.isArray(before)) return { text: '', chosen: before }
  if (before === undefined) return { text: '', chosen: [] }
  return { text: String(before), chosen: typeof before === 'number' ? [before - least] : [] }
}

/** A number as typed, with a comma or a point; null while it is none. */
export function numberOf(text: string): number | null {
  const plain = text.trim().replace(/\s/g, '').replace(',', '.')
  return /^-?(\d+\.?\d*|\.\d+)$/.test(plain) ? Number(plain) : null
}

/** The answer, or null where there is none. */
export function givenOf({ answer }: Question, { text, chosen }: Typed): Given | null {
  switch (answer.kind) {
    case 'number':
      return numberOf(text)
    case 'scale':
      return chosen[0] === undefined ? null : answer.least + chosen[0]
    case 'choice':
      return chosen.length === 0 ? null : chosen
    case 'text':
      return text.trim() === '' ? null : text.trim()
  }
}
