// The words that the server has for what can be chosen, in the order in which they are shown.

export const MOTHERHOODS = ['none', 'first_trimester', 'second_trimester', 'third_trimester', 'lactating_first_half_year', 'lactating_later'] as const
export const ACTIVITIES = ['none', 'sedentary', 'light', 'moderate', 'high', 'very_high'] as const
export const EQUATIONS = ['mifflin_st_jeor', 'harris_benedict', 'roza_shizgal', 'katch_mcardle', 'nasem2023'] as const
export const REFERENCES = ['nasem', 'efsa'] as const
export const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const

/** The one of a list that a word is, or the first. */
export function among<Word extends string>(list: readonly [Word, ...Word[]], word: string | null | undefined): Word {
  return list.find((each) => each === word) ?? list[0]
}
