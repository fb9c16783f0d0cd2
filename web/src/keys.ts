// Keys that work everywhere, unless the person is writing, choosing in a menu or in a dialog.

import { session } from './account/session.svelte'
import { addWater, GLASS_ML } from './diary/acts'
import { diary } from './diary/diary.svelte'
import { forms } from './diary/forms.svelte'
import { actOnNewest } from './parts/toasts.svelte'
import { path } from './router.svelte'
import { rights } from './sharing/rights.svelte'

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

const mayWrite = (scope: string) => rights.write(scope, diary.date)

const keys: Record<string, () => unknown> = {
  '/': () => mayWrite('food') && forms.openAdd(),
  a: () => mayWrite('food') && forms.openAdd(),
  '?': () => (forms.keys = true),
}

const dayKeys: Record<string, () => unknown> = {
  ArrowLeft: () => diary.step(-1),
  ArrowRight: () => diary.step(1),
  t: () => diary.show(diary.today),
  w: () => mayWrite('food') && void addWater(diary.date, GLASS_ML),
  n: () => mayWrite('notes') && forms.openNote(),
}
