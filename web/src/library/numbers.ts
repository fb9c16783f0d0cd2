// Numbers as people type them into a label: nothing stays unknown, and so does "less than".

/** A number of 0 or more; null for what is not stated; NaN for what is no number. */
export function statedNumber(text: string): number | null {
  const plain = text.trim().replace(/\s/g, '')
  if (plain === '' || plain === '-' || plain === '–' || plain.startsWith('<')) return null
  return /^\d*[.,]?\d+$|^\d+[.,]$/.test(plain) ? Number(plain.replace(',', '.')) : NaN
}
