// Keys that work everywhere, unless the person is writing, choosing in a menu or in a dialog.

import { session } from './account/session.svelte'
import { addWater, GLASS_ML } from './diary/acts'
import { diary } from './diary/diary.svelte'
import { forms } from './diary/forms.svelte'
import { actOnNewest } from './parts/toasts.svelte'
import { path } from './router.svelte'

const TAKES_KEYS = 'input, textarea, select, [contenteditable], [role="menu"], dialog'

export function onKey(event: KeyboardEvent): void {
  const at = event.target instanceof Element ? event.target : null
  if (!session.isOpen || event.defaultPrevented || event.isComposing || at?.closest(TAKES_KEYS)) return
  if (document.querySelector('dialog[open]')) return
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'z' && !event.shiftKey && !event.altKey) {
    if (actOnNewest()) event.preventDefault()
    return
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return
  const act = keys[event.key] ?? (path() === '/' ? dayKeys[event.key] : undefined)
  if (!act) return
  event.preventDefault()
  act()
}

const keys: Record<string, () => void> = {
  '/': () => forms.openAdd(),
  a: () => forms.openAdd(),
  '?': () => (forms.keys = true),
}

const dayKeys: Record<string, () => void> = {
  ArrowLeft: () => diary.step(-1),
  ArrowRight: () => diary.step(1),
  t: () => diary.show(diary.today),
  w: () => void addWater(diary.date, GLASS_ML),
  n: () => forms.openNote(),
}
