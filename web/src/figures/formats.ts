// The browser's own formats, each made once: making one takes longer than a hundred uses of it.

const numbers = new Map<string, Intl.NumberFormat>()
const dates = new Map<string, Intl.DateTimeFormat>()

export function numberFormat(language: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${language} ${JSON.stringify(options)}`
  const made = numbers.get(key) ?? new Intl.NumberFormat(language, options)
  numbers.set(key, made)
  return made
}

/** Days as they stand in the diary: without a time zone. */
export function dayFormat(language: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language} ${JSON.stringify(options)}`
  const made = dates.get(key) ?? new Intl.DateTimeFormat(language, { ...options, timeZone: 'UTC' })
  dates.set(key, made)
  return made
}
