// The one door to the server. Every answer is either the data or a thrown `Problem`.
//
// It keeps nothing: no cache, no token. The session is a cookie that scripts cannot read.

import createClient, { type Middleware } from 'openapi-fetch'
import { Problem } from './problem'
import type { paths, ProblemBody } from './types'

/** Told of every answer, so that the session can know when the server last heard from us. */
type Listener = { answered: () => void; refused: () => void }
let listener: Listener = { answered: () => {}, refused: () => {} }

export function listenToAnswers(to: Listener): void {
  listener = to
}

/** Wrong credentials answer 401 too; on these routes that says nothing about the session. */
const SIGNING_IN = new Set(['POST /api/v1/session', 'POST /api/v1/session/recovery'])

const watch: Middleware = {
  onResponse({ request, response, schemaPath }) {
    if (response.status !== 401) listener.answered()
    else if (!SIGNING_IN.has(`${request.method} ${schemaPath}`)) listener.refused()
    return undefined
  },
}

export const api = createClient<paths>({ baseUrl: '/', credentials: 'same-origin', cache: 'no-store' })
api.use(watch)

interface Answer<T> {
  data?: T
  error?: unknown
  response: Response
}

/** The body of a good answer, or a `Problem`. */
export async function ask<T>(answer: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await answer
  if (response.ok) return data as T
  const wait = Number(response.headers.get('retry-after'))
  throw new Problem(response.status, isProblem(error) ? error : {}, wait > 0 ? wait : null)
}

function isProblem(body: unknown): body is ProblemBody {
  return typeof body === 'object' && body !== null && 'title' in body
}
