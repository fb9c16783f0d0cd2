import { expect, test } from 'vitest'
import type { Client } from '../api/types'
import { found, groupsFrom, groupsOf } from './roster'

const client = (name: string, groups: string[] = []): Client => ({ id: name, name, own_name: `${name} own`, purpose: '', groups, note: '', since: '', parts: [], unread: 0 })
const all = [client('Ana Sommer', ['lake']), client('Ben', ['sea', 'lake']), client('Cleo')]

test('a client is found by any part of the name, in the chosen group', () => {
  const names = (typed: string, group = '') => found(all, typed, group).map(({ name }) => name)
  expect(names('')).toEqual(['Ana Sommer', 'Ben', 'Cleo'])
  expect(names('SOM an')).toEqual(['Ana Sommer'])
  expect(names('ben own')).toEqual(['Ben'])
  expect(names('', 'lake')).toEqual(['Ana Sommer', 'Ben'])
  expect(names('cleo', 'lake')).toEqual([])
})

test('groups are each there once', () => {
  expect(groupsOf(all)).toEqual(['lake', 'sea'])
  expect(groupsFrom(' lake, sea,,lake ')).toEqual(['lake', 'sea'])
})
