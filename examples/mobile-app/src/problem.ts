import type { Problem } from '@harbor/rest-mobile-bff'
import type { OnEvent, Send } from './send.ts'

/** The problem of an answer (RFC 9457), whose body can still be read afterwards; undefined when it is no problem. */
export async function problemOf(answer: Response): Promise<Partial<Problem> | undefined> {
  if (answer.ok || !answer.headers.get('content-type')?.startsWith('application/problem+json'))
    return undefined
  // A proxy may have truncated it: then it is a problem without details.
  return answer
    .clone()
    .json()
    .catch(() => ({}))
}

/** Reports the problems that concern the app itself and not one request. */
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
