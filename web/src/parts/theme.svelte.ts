// Light or dark. Follows the system until the person chooses; the choice is kept in their settings.

export type Theme = 'system' | 'light' | 'dark'
export const THEMES: readonly Theme[] = ['system', 'light', 'dark']

let chosen = $state<Theme>('system')

export function theme(): Theme {
  return chosen
}

export function setTheme(to: Theme): void {
  chosen = to
  if (to === 'system') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = to
}
