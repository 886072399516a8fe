import type { Send } from './send.ts'
import type { Store } from './store.ts'

type Kept = { etag: string; type: string; body: string }

/** On an answer whose body comes from the store: it is `unchanged`, or nobody can be asked (`offline`). */
export const KEPT_HEADER = 'x-kept'

/** The keys of stored answers begin with this. */
export const ANSWERS = 'answer '

/**
 * Stores answers that allow it with their ETags and revalidates them: a 304 becomes the 200 that it stands for.
 * Without a network, or while the server fails, the stored answer is given; without one, the caller gets the failure.
 */
export const withEtags =
  (send: Send, store: Store): Send =>
  async (url, init) => {
    if (init.method !== 'GET') return send(url, init)
    const key = `${ANSWERS}${init.headers.get('accept-language') ?? ''} ${url}`
    const kept = parse(await store.transact((entries) => entries.get(key)))
    const headers = new Headers(init.headers)
    if (kept) headers.set('if-none-match', kept.etag)
    let answer: Response
    try {
      answer = await send(url, { ...init, headers })
    } catch (error) {
      if (kept) return fromKept(kept, 'offline')
      throw error
    }
    if (answer.status === 304 && kept) return fromKept(kept, 'unchanged', answer.headers)
    if (answer.status >= 500 && kept) return fromKept(kept, 'offline')
    if (answer.status === 200) await keep(store, key, answer)
    return answer
  }

function fromKept({ etag, type, body }: Kept, why: 'unchanged' | 'offline', given?: Headers): Response {
  const headers = new Headers(given)
  headers.set('content-type', type)
  headers.set('etag', etag)
  headers.set(KEPT_HEADER, why)
  return new Response(body, { status: 200, headers })
}

async function keep(store: Store, key: string, answer: Response): Promise<void> {
  const etag = answer.headers.get('etag')
  if (etag === null || answer.headers.get('cache-control')?.includes('no-store')) return
  const type = answer.headers.get('content-type') ?? 'application/json'
  const kept: Kept = { etag, type, body: await answer.clone().text() }
  const text = JSON.stringify(kept)
  // An answer that finds no room in the store is still an answer.
  await store.transact((entries) => entries.set(key, text)).catch(() => {})
}

function parse(text: string | undefined): Kept | undefined {
  if (text === undefined) return undefined
  try {
    const { etag, type, body } = JSON.parse(text)
    return typeof etag === 'string' && typeof type === 'string' && typeof body === 'string'
      ? { etag, type, body }
      : undefined
  } catch {
    return undefined
  }
}
