import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'

/** Corrections of a released document: where it said what the server of that release never did. */
export const Errata = z.array(
  z.strictObject({
    /** A JSON pointer (RFC 6901). */
    at: z.string().startsWith('/'),
    /** What the document said; absent: nothing. */
    was: z.unknown().optional(),
    is: z.unknown(),
    why: z.string().min(20),
    on: z.iso.date(),
  }),
)
export type Errata = z.infer<typeof Errata>

/**
 * A document with its errata; what was released is not touched.
 * @throws for an erratum of something that the document does not say
 */
export function corrected(document: unknown, errata: Errata): unknown {
  const copy: unknown = structuredClone(document)
  for (const { at, was, is } of errata) {
    const path = at.slice(1).split('/').map(unescaped)
    const name = path.pop() ?? ''
    const parent = path.reduce<unknown>(member, copy)
    if (!isDeepStrictEqual(member(parent, name), was))
      throw new Error(`erratum at ${at}: the document says ${JSON.stringify(member(parent, name))}`)
    Object.assign(Object(parent), { [name]: is })
  }
  return copy
}

const unescaped = (part: string): string => part.replaceAll('~1', '/').replaceAll('~0', '~')

const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined
