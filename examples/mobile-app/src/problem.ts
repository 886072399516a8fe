import type { Problem } from '@harbor/rest-mobile-bff'
import type { OnEvent, Send } from './send.ts'

/** The problem of an answer (RFC 9457), which can still be read afterwards; undefined when it is none. */
export async function problemOf(answer: Response): Promise<Partial<Problem> | undefined> {
  if (answer.ok || !answer.headers.get('content-type')?.startsWith('application/problem+json'))
    return undefined
  // A proxy may have cut it: then it is a problem of which nothing is known.
  return answer
    .clone()
    .json()
    .catch(() => ({}))
}

/** Tells the app of the problems that are not about one request but about itself. */
export const withEvents =
  (send: Send, onEvent: OnEvent): Send =>
  async (url, init) => {
    const answer = await send(url, init)
    const problem = await problemOf(answer)
    if (problem?.code === 'APP_TOO_OLD') onEvent({ type: 'app-too-old', updateUrl: problem.updateUrl })
    if (problem?.code === 'START_OVER') onEvent({ type: 'start-over', url })
    if (answer.status === 401) onEvent({ type: 'unauthenticated' })
    return answer
  }
