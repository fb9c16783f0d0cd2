// Short messages at the foot of the page, each with at most one thing to do. None outlives its session: an
// undo touched later would write into the diary of whoever signs in next.

import { heedSession } from '../account/session.svelte'

export interface Toast {
  id: number
  text: string
  tone: 'plain' | 'alert'
  act: { label: string; run: () => void } | null
}

/** Long enough to change one's mind. */
export const UNDO_MS = 10_000
const PLAIN_MS = 5_000

let shown = $state.raw<readonly Toast[]>([])
let lastId = 0

export function toasts(): readonly Toast[] {
  return shown
}

export function say(text: string, more: { tone?: Toast['tone']; act?: Toast['act'] } = {}): number {
  lastId += 1
  const toast: Toast = { id: lastId, text, tone: more.tone ?? 'plain', act: more.act ?? null }
  // Three at once is all that anybody reads; an older undo gives way to a newer one.
  shown = [...shown.slice(-2), toast]
  return toast.id
}

export function dismiss(id: number): void {
  shown = shown.filter((toast) => toast.id !== id)
}

const clear = () => (shown = [])
heedSession({ close: clear, forget: clear, open: () => {} })

export function lifetimeMs(toast: Toast): number {
  return toast.act ? UNDO_MS : PLAIN_MS
}

/** Does what the newest message offers. Says whether there was one. */
export function actOnNewest(): boolean {
  const toast = shown.findLast(({ act }) => act !== null)
  if (!toast?.act) return false
  dismiss(toast.id)
  toast.act.run()
  return true
}
