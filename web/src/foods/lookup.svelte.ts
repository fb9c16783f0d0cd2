// What is looked up on the foods page, so that it is still there after a visit to the diary.

import { heedSession } from '../account/session.svelte'
import type { FoodHit } from '../api/types'
import { findFoods } from './catalogue'
import { FoodSearch } from './search.svelte'

class Lookup {
  readonly search = new FoodSearch(findFoods)
  hit = $state.raw<FoodHit | null>(null)
}

export const lookup = new Lookup()

heedSession({
  close: () => {},
  forget: () => {
    lookup.search.clear()
    lookup.hit = null
  },
  open: () => {},
})
