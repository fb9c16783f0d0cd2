// Which clients of a roster are meant.

import type { Client } from '../api/types'

/** The groups that there are, each once, in order. */
export function groupsOf(clients: readonly Client[]): string[] {
  return [...new Set(clients.flatMap(({ groups }) => groups))].toSorted((a, b) => a.localeCompare(b))
}

/** Those whose name has every typed word, in the chosen group. */
export function found(clients: readonly Client[], typed: string, group: string): Client[] {
  const words = typed.toLocaleLowerCase().split(/\s+/).filter(Boolean)
  return clients.filter(({ name, own_name, groups }) => {
    const both = `${name} ${own_name}`.toLocaleLowerCase()
    return (group === '' || groups.includes(group)) && words.every((word) => both.includes(word))
  })
}

/** Groups as they are typed: with commas between, each once. */
export function groupsFrom(typed: string): string[] {
  return [...new Set(typed.split(',').map((group) => group.trim()).filter(Boolean))]
}
