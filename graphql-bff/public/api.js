/** Says that the request is made by a page of ours: no other site can send this header. */
const HEADERS = { 'x-csrf': '1' }

/** An answer of the BFF, or an error with the BFF's words for what went wrong. */
async function send(path, options) {
  const answer = await fetch(path, { headers: HEADERS, ...options })
  const body = await answer.json()
  if (answer.ok || body.errors) return body
  throw new Error(body.title ?? 'Something went wrong')
}

export const session = () => send('/session')
export const logOut = (everywhere) =>
  send(everywhere ? '/auth/logout-everywhere' : '/auth/logout', { method: 'POST' })

/** A persisted operation by its name: one GET. */
export async function operation(name, variables) {
  const hashes = await (await fetch('/operations.json')).json()
  const query = new URLSearchParams({
    documentId: `sha256:${hashes[name]}`,
    variables: JSON.stringify(variables),
  })
  return send(`/graphql?${query}`)
}
