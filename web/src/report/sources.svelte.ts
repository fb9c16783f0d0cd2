// What is asked on the page of sources, so that it is still there after a look elsewhere.

import { heedSession } from '../account/session.svelte'

export const RANGES = ['7', '30', '90', '365'] as const

class Chosen {
  days = $state<(typeof RANGES)[number]>('30')
  nutrient = $state('iron')
}

export const chosen = new Chosen()

const forget = () => {
  chosen.days = '30'
  chosen.nutrient = 'iron'
}
heedSession({ close: () => {}, forget, open: () => {}, turn: forget })
