/** Asks this origin. @throws with the problem's own words when it refuses */
export async function ask<T>(path: string, init: { method?: string; body?: unknown } = {}): Promise<T> {
  const { method = 'GET', body } = init
  const answer = await fetch(path, {
    method,
    headers: { 'x-csrf': '1', ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(detailOf(text) ?? `status ${answer.status}`)
  return (text === '' ? undefined : JSON.parse(text)) as T
}

function detailOf(text: string): string | undefined {
  try {
    const { detail, title, error } = JSON.parse(text)
    return detail ?? title ?? error?.message
  } catch {
    return undefined
  }
}

export const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
