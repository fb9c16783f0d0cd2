// What the forms in front of the diary have in common: one request at a time, problems beside their fields.

import { problemOf, type Problem } from '../api/problem'
import { t } from '../messages/index.svelte'
import { fieldText, problemText } from '../parts/words'

/** The shortest password that the server takes without a second factor. */
export const PASSWORD_CHARACTERS_MIN = 15

/** Fields that have a place of their own for what is wrong with them. */
const SHOWN = new Set(['email', 'password', 'new_password', 'recovery_code'])

export class AccountForm {
  working = $state(false)
  /** What is wrong with the whole form. */
  wrong = $state<string | null>(null)
  fields = $state.raw<ReadonlyMap<string, string>>(new Map())

  /** Checks first, then asks the server; `refused` is what a 401 means here. */
  async submit(check: () => [string, string][], request: () => Promise<void>, refused: string): Promise<void> {
    if (this.working) return
    this.wrong = null
    this.fields = new Map(check())
    if (this.fields.size > 0) return this.#showFirst()
    this.working = true
    try {
      await request()
    } catch (thrown) {
      const problem = problemOf(thrown)
      const reasons = [...problem.fields].map(([field, reason]): [string, string] => [field, fieldText(field, reason)])
      this.fields = new Map(reasons.filter(([field]) => SHOWN.has(field)))
      this.wrong = this.fields.size > 0 ? null : this.#text(problem, refused)
      if (this.fields.size > 0) this.#showFirst()
    } finally {
      this.working = false
    }
  }

  #text(problem: Problem, refused: string): string {
    if (problem.status === 401) return refused
    if (problem.kind === 'conflict') return t().account.haveAlready
    return `${problemText(problem)} ${t().problems.typedIsKept}`
  }

  /** Brings the person to the first field that needs them. */
  #showFirst(): void {
    requestAnimationFrame(() => document.querySelector<HTMLElement>('main [aria-invalid="true"]')?.focus())
  }
}

export function checkEmail(email: string): [string, string][] {
  return /^\S+@\S+$/.test(email.trim()) ? [] : [['email', t().account.emailNeeded]]
}

export function checkNewPassword(password: string, field: string): [string, string][] {
  return [...password].length >= PASSWORD_CHARACTERS_MIN ? [] : [[field, t().account.passwordTooShort(PASSWORD_CHARACTERS_MIN)]]
}
