// What is being written in the library. It outlives its page, so that typed text is not lost on the way.

import { heedSession } from '../account/session.svelte'
import type { FoodForm } from './label-form.svelte'
import type { RecipeForm } from './recipe-form.svelte'

export type Tab = 'catalogue' | 'foods' | 'recipes' | 'meals'

class Open {
  tab = $state<Tab>('catalogue')
  food = $state.raw<FoodForm | null>(null)
  recipe = $state.raw<RecipeForm | null>(null)

  constructor() {
    const forget = () => {
      this.tab = 'catalogue'
      this.food = this.recipe = null
    }
    heedSession({ close: () => {}, forget, open: () => {}, turn: forget })
  }
}

export const open = new Open()
