// Numbers between the person's way of writing them and ours.

import { numberFormat } from './formats'

/** More than this the server refuses, and nobody eats. */
export const GRAMS_MAX = 100_000
export const NOTE_CHARACTERS_MAX = 4_000

/** A positive number as typed, with a comma or a point, or "1/2"; null while it is not one. */
export function parseAmount(text: string): number | null {
  const plain = text.trim().replace(/\s/g, '')
  const fraction = /^(\d+)\/(\d+)$/.exec(plain)
  const amount = fraction ? Number(fraction[1]) / Number(fraction[2]) : /^\d*[.,]?\d+$|^\d+[.,]$/.test(plain) ? Number(plain.replace(',', '.')) : NaN
  return Number.isFinite(amount) && 0 < amount && amount <= GRAMS_MAX ? amount : null
}

/** A number as the person would type it back into a field. */
export function typedAmount(amount: number, language: string): string {
  return numberFormat(language, { maximumFractionDigits: 3, useGrouping: false }).format(amount)
}

/** A number to read: as many decimals as help, never more than its table has. */
export function readable(amount: number, decimals: number, language: string): string {
  const useful = amount >= 100 ? 0 : amount >= 10 ? 1 : amount >= 0.1 ? 2 : 3
  const digits = Math.min(decimals, useful)
  return numberFormat(language, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(amount)
}

/** A weight or a count to read: "60", "56.7", never "60.0". */
export function brief(amount: number, language: string, decimals = 1): string {
  return numberFormat(language, { maximumFractionDigits: decimals }).format(amount)
}

export function whole(amount: number, language: string): string {
  return numberFormat(language, { maximumFractionDigits: 0 }).format(amount)
}

/** What an amount of a portion weighs. */
export function gramsOf(amount: number, portion: { grams: number } | null): number {
  return portion ? amount * portion.grams : amount
}
