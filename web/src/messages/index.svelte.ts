// The language of the app. Every text that a person reads comes from one catalogue, through `t()`.
//
// The choice is kept in the person's settings; nothing about a person is kept in the browser. Only the
// catalogue that is shown gets loaded.

import type { Messages } from './en'

export type Language = 'en' | 'de'
export const LANGUAGES: readonly { key: Language; name: string }[] = [
  { key: 'en', name: 'English' },
  { key: 'de', name: 'Deutsch' },
]

const catalogues: Record<Language, () => Promise<Messages>> = {
  en: async () => (await import('./en')).en,
  de: async () => (await import('./de')).de,
}

let shown = $state.raw<{ language: Language; messages: Messages } | null>(null)

/** The first language of the browser that we have. */
export function preferredLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const found = LANGUAGES.find(({ key }) => tag.toLowerCase().split('-')[0] === key)
    if (found) return found.key
  }
  return 'en'
}

export async function speak(language: Language): Promise<void> {
  const messages = await catalogues[language]()
  shown = { language, messages }
  document.documentElement.lang = language
}

/** The messages in the language that is shown. The app mounts after the first catalogue is there. */
export function t(): Messages {
  if (!shown) throw new Error('no catalogue is loaded yet')
  return shown.messages
}

/** For `Intl`: the browser's own variant of the language ("de-CH") where it has one. */
export function locale(): string {
  const language = shown?.language ?? 'en'
  return navigator.languages.find((tag) => tag.toLowerCase().startsWith(language)) ?? language
}

export function language(): Language {
  return shown?.language ?? 'en'
}
