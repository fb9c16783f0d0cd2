// The nutrients that exist: names, units, groups, and which is part of which.

import { api, ask } from '../api/client'
import { problemOf, type Problem } from '../api/problem'
import { METHODS, type Nutrient, type NutrientList } from '../api/types'
import { shown } from '../figures/shown.svelte'
import { t } from '../messages/index.svelte'

export interface NutrientRow {
  nutrient: Nutrient
  /** How deep it stands under the nutrient it is a part of. */
  depth: number
}

export interface NutrientSection {
  key: string
  name: string
  rows: NutrientRow[]
}

/** Groups with their nutrients in the server's order, parts indented below the whole. */
function sections({ groups, nutrients }: NutrientList): NutrientSection[] {
  const byKey = new Map(nutrients.map((nutrient) => [nutrient.key, nutrient]))
  const depth = (nutrient: Nutrient): number => {
    const parent = nutrient.parent ? byKey.get(nutrient.parent) : undefined
    return parent && parent.group === nutrient.group ? depth(parent) + 1 : 0
  }
  return groups.map(({ key, name }) => ({
    key,
    name,
    rows: nutrients.filter(({ group }) => group === key).map((nutrient) => ({ nutrient, depth: depth(nutrient) })),
  }))
}

/** How a value was come by, in words; a method that this app does not know yet keeps the server's word. */
export function methodText(method: string | null | undefined): string {
  const known = METHODS.find((each) => each === (method ?? 'unknown'))
  return known ? t().sums.methods[known] : (method ?? '')
}

class Nutrients {
  list = $state.raw<NutrientList | null>(null)
  failure = $state.raw<Problem | null>(null)
  #asked = false

  /** Loads the list once; it is the same for everybody. */
  async load(): Promise<void> {
    if (this.#asked) return
    this.#asked = true
    this.failure = null
    try {
      this.list = await ask(api.GET('/api/v1/nutrients'))
    } catch (thrown) {
      this.failure = problemOf(thrown)
      this.#asked = false
    }
  }

  /** Groups with their nutrients as they are shown: without what calm mode hides. */
  get sections(): NutrientSection[] {
    const all = this.list ? sections(this.list) : []
    return all.map((section) => ({ ...section, rows: section.rows.filter(({ nutrient }) => !shown.hides(nutrient.key)) }))
  }

  find(key: string): Nutrient | undefined {
    return this.list?.nutrients.find((nutrient) => nutrient.key === key)
  }

  nameOf(nutrient: Nutrient): string {
    return t().sums.names[nutrient.key] ?? nutrient.name
  }

  sectionName(section: NutrientSection): string {
    return t().sums.groups[section.key] ?? section.name
  }
}

export const nutrients = new Nutrients()
