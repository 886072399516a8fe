import { type Member, membersOf } from './members.ts'

/**
 * The offered media types that an `Accept` header allows, in order of preference (RFC 9110, 12.5.1). The most specific
 * range decides about a type, also when it excludes it; ties go to the first in the header, then to the first offered.
 * An empty header allows all.
 */
export function acceptedMediaTypes<T extends string>(
  accept: string | null | undefined,
  offered: readonly T[],
): readonly T[] {
  const members = membersOf(accept ?? '')
  if (members.length === 0) return offered
  return ranked(offered, (type) => {
    const group = `${type.slice(0, type.indexOf('/'))}/*`
    return (
      find(members, ({ value, hasParameters }) => value === type && !hasParameters) ??
      // We offer no parameters: a range with parameters selects the plain type, and an exclusion with parameters
      // excludes nothing.
      find(members, ({ value, quality }) => value === type && quality > 0) ??
      find(members, ({ value }) => value === group) ??
      find(members, ({ value }) => value === '*/*')
    )
  })
}

/** The preferred media type of an `Accept` header; `undefined` when none of the offered is allowed. */
export const preferredMediaType = <T extends string>(
  accept: string | null | undefined,
  offered: readonly T[],
): T | undefined => acceptedMediaTypes(accept, offered)[0]

/**
 * The language that an `Accept-Language` header prefers (RFC 9110, 12.5.4; RFC 4647, 3.4: `de-AT` is served by `de`).
 * When it allows none, the first offered that it does not refuse by name.
 */
export function preferredLanguage<T extends string>(
  acceptLanguage: string | null | undefined,
  offered: readonly [T, ...T[]],
): T {
  const members = membersOf(acceptLanguage ?? '')
  if (members.length === 0) return offered[0]
  const exact = (language: T) => find(members, ({ value }) => value === language)
  const [best] = ranked(
    offered,
    (language) =>
      exact(language) ??
      find(members, ({ value, quality }) => value.startsWith(`${language}-`) && quality > 0) ??
      find(members, ({ value }) => value === '*'),
  )
  return best ?? offered.find((language) => exact(language)?.member.quality !== 0) ?? offered[0]
}

/**
 * The preferred content coding of an `Accept-Encoding` header (RFC 9110, 12.5.3); ties go to the first offered.
 * `identity` when no other is allowed, or none at all.
 */
export function preferredCoding<T extends string>(
  acceptEncoding: string | null | undefined,
  offered: readonly T[],
): T | 'identity' {
  const members = membersOf(acceptEncoding ?? '')
  const quality = (coding: string) =>
    find(members, ({ value }) => value === coding || value === `x-${coding}`)?.member.quality
  const rest = quality('*') ?? 0
  let best: T | 'identity' = 'identity'
  // If the header does not name identity, any named coding is preferred.
  let most = quality('identity') ?? 0
  for (const coding of offered) {
    const own = quality(coding) ?? rest
    if (own > 0 && (own > most || (best === 'identity' && own === most))) {
      best = coding
      most = own
    }
  }
  return best
}

type Found = { readonly member: Member; readonly place: number }

function find(members: readonly Member[], fits: (member: Member) => boolean): Found | undefined {
  const place = members.findIndex(fits)
  const member = members[place]
  return member && { member, place }
}

/** Allowed ones by weight, then by position in the header, then by offer. */
function ranked<T>(offered: readonly T[], decides: (one: T) => Found | undefined): T[] {
  const allowed = offered.flatMap((one) => {
    const found = decides(one)
    return found && found.member.quality > 0 ? [{ one, found }] : []
  })
  return allowed
    .sort((a, b) => b.found.member.quality - a.found.member.quality || a.found.place - b.found.place)
    .map(({ one }) => one)
}
