/** Says that the request is made by a page of ours: no other site can send this header. */
const HEADERS = { 'x-csrf': '1' }

/** A server that is silent for so long is as good as none. */
const ANSWER_MS = 20_000

/** An answer of the BFF. @throws the BFF's words for what went wrong, or when there is no answer within 20 s */
async function send(path, options) {
  const answer = await fetch(path, { headers: HEADERS, signal: AbortSignal.timeout(ANSWER_MS), ...options })
  const body = await answer.json()
  if (answer.ok || body.errors) return body
  throw new Error(body.title ?? 'Something went wrong')
}

export const session = () => send('/session')
export const logOut = (everywhere) =>
  send(everywhere ? '/auth/logout-everywhere' : '/auth/logout', { method: 'POST' })

/** A persisted operation by its name: one GET. */
export async function operation(name, variables) {
  const hashes = await send('/operations.json')
  const query = new URLSearchParams({
    documentId: `sha256:${hashes[name]}`,
    variables: JSON.stringify(variables),
  })
  return send(`/graphql?${query}`)
}
