/** What is `null` in one answer and was not in the other, by path; with a `!` what differs without being `null`. */
export function nulled(whole: unknown, now: unknown, path = ''): string[] {
  if (now === null) return whole === null ? [] : [path]
  const below = (key: string | number) => (path === '' ? String(key) : `${path}.${key}`)
  if (Array.isArray(whole) && Array.isArray(now) && whole.length === now.length)
    return whole.flatMap((item, index) => nulled(item, now[index], below(index)))
  if (isRecord(whole) && isRecord(now) && Object.keys(whole).join() === Object.keys(now).join())
    return Object.keys(whole).flatMap((key) => nulled(whole[key], now[key], below(key)))
  return JSON.stringify(whole) === JSON.stringify(now) ? [] : [`!${path}`]
}

/** `products.0.price` as `products[].price`. */
export const pattern = (path: string): string => path.replace(/\.\d+(?=\.|$)/g, '[]')

/** `products.0.price` as `products.price`, which is how a degraded part is named. */
export const partName = (path: string): string => path.replace(/\.\d+(?=\.|$)/g, '')

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
