import { beforeAll, expect, test } from 'vitest'
import { Problem } from '../api/problem'
import { en } from '../messages/en'
import { speak } from '../messages/index.svelte'
import { problemText } from './words'

const refusal = (status: number, kind: string, more: object = {}) =>
  new Problem(status, { type: `urn:keepwell:problem:${kind}`, title: 'Title', status, detail: 'in general', ...more })

beforeAll(async () => {
  globalThis.document ??= { documentElement: {} } as Document
  await speak('en')
})

test('the reason of a field comes before the general one', () => {
  const errors = [{ field: 'to', problem: 'choose at most 400 days at once' }]
  expect(problemText(refusal(422, 'invalid', { errors }))).toBe('Choose at most 400 days at once.')
})

test('a field we know is explained in our own words', () => {
  const errors = [{ field: 'email', problem: 'whatever' }]
  expect(problemText(refusal(422, 'invalid', { errors }))).toBe(en.problems.fields['email'])
})

test('a kind we know is explained in our own words, another one in the server’s', () => {
  expect(problemText(refusal(503, 'timed-out'))).toBe(en.problems.kinds['timed-out'])
  expect(problemText(refusal(418, 'teapot', { detail: 'this is a teapot' }))).toBe('This is a teapot.')
})

test('a broken server explains nothing useful, and one second is one second', () => {
  expect(problemText(new Problem(502, { detail: '<html>' }))).toBe(en.problems.server)
  expect(problemText(new Problem(429, {}, 1))).toBe('That was too often. Wait a second, then try again.')
})

test('a long wait is told in minutes and hours, and what is open meanwhile', () => {
  expect(problemText(new Problem(429, {}, 90))).toContain('Wait 90 seconds')
  expect(problemText(new Problem(429, {}, 1_024))).toContain('Wait 18 minutes')
  const shut = problemText(new Problem(429, { type: 'urn:keepwell:problem:too-many-wrong' }, 86_000))
  expect(shut).toBe(`${en.problems.tooManyWrong} Wait 24 hours, then try again.`)
})
