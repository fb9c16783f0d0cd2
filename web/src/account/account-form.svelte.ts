// What the forms around the account have in common: one request at a time, problems beside their fields.

import { notProved, problemOf, type Problem } from '../api/problem'
import { t } from '../messages/index.svelte'
import { fieldText, problemText } from '../parts/words'

/** The shortest password that the server takes without a second step. */
export const PASSWORD_CHARACTERS_MIN = 15
/** … and beside one. */
export const PASSWORD_BESIDE_STEP_MIN = 8

/** Fields that have a place of their own for what is wrong with them. */
const SHOWN = ['email', 'password', 'new_password', 'recovery_code']

interface Words {
  /** What a 401 means here. */
  refused?: string
  /** What a 404 means here. */
  missing?: string
  /** What a 409 means here. */
  conflict?: string
  /** Further fields of this form, and what is wrong with them; empty for the words that all forms share. */
  fields?: Record<string, string>
}

export class AccountForm {
  working = $state(false)
  /** What is wrong with the whole form. */
  wrong = $state<string | null>(null)
  fields = $state.raw<ReadonlyMap<string, string>>(new Map())

  /** Checks first, then asks the server. Says whether that went well. */
  async submit(check: () => [string, string][], request: () => Promise<void>, words: Words): Promise<boolean> {
    if (this.working) return false
    this.wrong = null
    this.fields = new Map(check())
    if (this.fields.size > 0) {
      this.#showFirst()
      return false
    }
    this.working = true
    try {
      await request()
      return true
    } catch (thrown) {
      const problem = problemOf(thrown)
      const own = words.fields ?? {}
      const shown = [...problem.fields].filter(([field]) => SHOWN.includes(field) || field in own)
      this.fields = new Map(shown.map(([field, reason]) => [field, own[field] || fieldText(field, reason)]))
      this.wrong = this.fields.size > 0 ? null : this.#text(problem, words)
      if (this.fields.size > 0) this.#showFirst()
      return false
    } finally {
      this.working = false
    }
  }

  #text(problem: Problem, { refused, missing, conflict }: Words): string {
    if (problem.status === 401 && refused) return refused
    if (problem.status === 404 && missing) return missing
    if (problem.kind === 'conflict' && conflict) return conflict
    if (notProved(problem) || problem.kind.startsWith('key-')) return problemText(problem)
    return `${problemText(problem)} ${t().problems.typedIsKept}`
  }

  /** Brings the person to the first field that needs them. */
  #showFirst(): void {
    requestAnimationFrame(() => {
      const dialog = [...document.querySelectorAll('dialog[open]')].at(-1)
      const place = dialog ?? document.querySelector('main')
      place?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
    })
  }
}

export function checkEmail(email: string): [string, string][] {
  return /^\S+@\S+$/.test(email.trim()) ? [] : [['email', t().account.emailNeeded]]
}

export function checkNewPassword(password: string, field: string, least = PASSWORD_CHARACTERS_MIN): [string, string][] {
  return [...password].length >= least ? [] : [[field, t().account.passwordTooShort(least)]]
}

export function checkPassword(password: string): [string, string][] {
  return password === '' ? [['password', t().account.passwordNeeded]] : []
}
