// What programs left for the diary while nobody was signed in. The server files it when it is asked to, which
// happens once whenever the diary opens; what could not be asked now is asked the next time.

import { api, ask } from '../api/client'
import { t } from '../messages/index.svelte'
import { say } from '../parts/toasts.svelte'

/** Files what waits, says so if anything did, and answers which days have something new. */
export async function fileInbox(): Promise<readonly string[]> {
  const answer = await ask(api.POST('/api/v1/inbox/merge')).catch(() => null)
  if (!answer) return []
  const filed = answer.merged.reduce((sum, { count }) => sum + count, 0)
  if (filed > 0) say(t().day.filed(filed))
  if (answer.refused > 0) say(t().day.notFiled(answer.refused), { tone: 'alert' })
  return answer.merged.map(({ day }) => day)
}
