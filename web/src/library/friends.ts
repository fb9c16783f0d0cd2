// Those with whom the person shares something, either way: a letter can go to each of them.

import { api, ask } from '../api/client'

export interface Friend {
  /** The line between the two. */
  owner: string
  holder: string
  name: string
  key: string
}

export async function friends(me: string): Promise<Friend[]> {
  const [{ shares }, { visits }] = await Promise.all([ask(api.GET('/api/v1/sharing')), ask(api.GET('/api/v1/visits'))])
  const out = shares.filter(({ kind }) => kind === 'friend').map(({ holder, name }) => ({ owner: me, holder, name }))
  const back = visits.map(({ owner, name }) => ({ owner, holder: me, name }))
  return [...out, ...back].map((line) => ({ ...line, key: `${line.owner} ${line.holder}` }))
}
