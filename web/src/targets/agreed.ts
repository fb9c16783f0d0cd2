// What a practice proposed becomes part of the targets when it is accepted.

import { api, ask } from '../api/client'
import type { Letter } from '../api/types'
import { targets } from './targets.svelte'

/** Puts an accepted proposal into the plan, under what the person calls the practice. Words alone are none. */
export async function takeUp({ id, nutrient, min, max }: Letter, name: string): Promise<void> {
  if (!nutrient || (typeof min !== 'number' && typeof max !== 'number')) return
  const chosen = await ask(api.GET('/api/v1/plan'))
  if (chosen.agreed.some((agreed) => agreed.id === id)) return
  const agreed = [...chosen.agreed, { id, name, nutrient, min: min ?? null, max: max ?? null }]
  await ask(api.PUT('/api/v1/plan', { body: { ...chosen, agreed } }))
  targets.changed()
}
