// What an activity takes, as the server computes it: for showing it while it is typed.

/** MET × kg × h, and without what rest would have taken. */
export function spent(met: number, kg: number, minutes: number): { gross: number; net: number } {
  const atRest = (kg * minutes) / 60
  return { gross: met * atRest, net: (met - 1) * atRest }
}

/** How hard an activity is, in the words of the guidelines. */
export function intensity(met: number): 'light' | 'moderate' | 'vigorous' {
  if (met < 3) return 'light'
  return met < 6 ? 'moderate' : 'vigorous'
}
