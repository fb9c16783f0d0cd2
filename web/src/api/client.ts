// The one door to the server. Every answer is either the data or a thrown `Problem`.
//
// It keeps nothing: no cache, no token. The session is a cookie that scripts cannot read, and which every
// window of the browser shares: so each request says whom this window believes to be signed in, and the
// server refuses it when the cookie is somebody else's by now.

import createClient, { type Middleware } from 'openapi-fetch'
import { endedProblem, Problem, PREFIX, PROVE_FIRST, REFUSALS, type Refusal } from './problem'
import type { paths, ProblemBody } from './types'

/** Told of every answer, so that the session can know when the server last heard from us. */
type Listener = { answered: () => void; refused: (why: Refusal) => void }
let listener: Listener = { answered: () => {}, refused: () => {} }

export function listenToAnswers(to: Listener): void {
  listener = to
}

/** Asks the person to show once more who they are; says whether they did. */
let prove: () => Promise<boolean> = () => Promise.resolve(false)

export function proveWith(asking: () => Promise<boolean>): void {
  prove = asking
}

/** Whom this window acts for, once that is known. */
let person: string | null = null
/** Somebody else's diary that is open in this window, and the practice or study that it is open for. */
let visited: { owner: string; as: string | null } | null = null
/** Requests that are about a diary, and go to whichever is open. All others are about oneself. */
export const OF_A_DIARY = /^\/api\/v1\/(days|logged|settings|plan|expenditure|report|library|eaten|measurements|measures|activities|fasts|foods\/own(:|%3A)[^/]*)(\/|$)/
/** Counts the sessions that ended here: what one of them asked for never reaches the next. */
let ended = 0

export function actFor(id: string): void {
  person = id
}

/** From here on every answer to an earlier question is a problem, even a good one. */
export function actForNobody(): void {
  person = null
  ended += 1
}

/** From here on requests about a diary are about this one; null is one's own. What was asked before is not answered. */
export function actIn(diary: { owner: string; as: string | null } | null): void {
  visited = diary
  ended += 1
}

/** The same request, which is not sent any more once the session that wanted it is over. */
export function inThisSession<T>(request: () => Promise<T>): () => Promise<T> {
  const during = ended
  return () => (during === ended ? request() : Promise.reject(endedProblem()))
}

const watch: Middleware = {
  onRequest({ request }) {
    if (person !== null) request.headers.set('keepwell-person', person)
    if (visited !== null && OF_A_DIARY.test(new URL(request.url).pathname)) {
      request.headers.set('keepwell-diary', visited.owner)
      if (visited.as !== null) request.headers.set('keepwell-as', visited.as)
    }
    // The server takes no body of another kind, and says so even where there is none.
    if (request.method !== 'GET') request.headers.set('content-type', 'application/json')
    return request
  },
  async onResponse({ response }) {
    const kind = await kindOf(response)
    const why = REFUSALS.get(kind) ?? (response.status === 401 && kind === '' ? 'over' : undefined)
    if (why) listener.refused(why)
    else listener.answered()
    return undefined
  },
}

async function kindOf(response: Response): Promise<string> {
  if (response.ok) return ''
  const body: unknown = await response.clone().json().catch(() => null)
  return isProblem(body) ? body.type.replace(PREFIX, '') : ''
}

/**
 * Sends a request, and sends it once more when the server first wants a fresh proof of who asks. Whoever
 * asked gets the second answer, or the refusal when no proof was given.
 */
async function send(request: Request): Promise<Response> {
  const again = request.clone()
  const during = ended
  const response = await fetch(request)
  if (response.status !== 403 || (await kindOf(response)) !== PROVE_FIRST) return response
  return (await prove()) && during === ended ? fetch(again) : response
}

export const api = createClient<paths>({ baseUrl: location.origin, credentials: 'same-origin', cache: 'no-store', fetch: send })
api.use(watch)

interface Answer<T> {
  data?: T
  error?: unknown
  response: Response
}

/** The body of a good answer, or a `Problem`. */
export async function ask<T>(answer: Promise<Answer<T>>): Promise<T> {
  const during = ended
  const { data, error, response } = await answer.catch((thrown: unknown) => {
    throw during === ended ? thrown : endedProblem()
  })
  if (during !== ended) throw endedProblem()
  if (response.ok) return data as T
  const wait = Number(response.headers.get('retry-after'))
  throw new Problem(response.status, isProblem(error) ? error : {}, wait > 0 ? wait : null)
}

function isProblem(body: unknown): body is ProblemBody {
  return typeof body === 'object' && body !== null && 'title' in body
}
