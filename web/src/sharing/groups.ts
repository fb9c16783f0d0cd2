// What others did, gathered as people would tell it: by day, who did what, how often and when last.

import type { Look } from '../api/types'
import { dayOf, timeOf } from '../figures/dates'

/** The same thing done by the same holder on one day. */
export interface Group {
  key: string
  look: Look
  times: number
  /** The clock time of the last one, as it was here. */
  last: string
}

export interface DayOfLooks {
  day: string
  groups: Group[]
}

const keyOf = ({ who, act, parts, first_day, last_day }: Look) => JSON.stringify([who, act, parts, first_day, last_day])

/** `looks` come with the newest first, and so do the days and what stands in them. */
export function byDay(looks: readonly Look[]): DayOfLooks[] {
  const days: DayOfLooks[] = []
  for (const look of looks) {
    const at = new Date(look.at)
    const day = dayOf(at)
    let last = days.at(-1)
    if (last?.day !== day) days.push((last = { day, groups: [] }))
    const key = keyOf(look)
    const known = last.groups.find((group) => group.key === key)
    if (known) known.times += 1
    else last.groups.push({ key, look, times: 1, last: timeOf(at) })
  }
  return days
}

/** The first moment of a day here, as the server takes it. */
export function beginOf(day: string): string {
  const [year = 1970, month = 1, date = 1] = day.split('-').map(Number)
  return new Date(year, month - 1, date).toISOString()
}
