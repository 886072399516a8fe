import { boundedLru } from '../../cache/bounded-lru.ts'
import { type Claims, REFUSED_MS, SPENT_MS } from './claims.ts'

const MAX_THINGS = 50_000

/** Claims of this process only, which end with it. */
export function memoryClaims(): Claims {
  const held = new Map<string, string>()
  const spent = boundedLru<string, number>(MAX_THINGS, { ttl: SPENT_MS })
  const refused = boundedLru<string, 'held' | 'spent'>(MAX_THINGS, { ttl: REFUSED_MS })

  const letGo = (thing: string, owner: string): void => {
    if (held.get(thing) === owner) held.delete(thing)
  }
  return {
    async take({ thing, version, owner }) {
      const name = `${thing} ${owner}`
      const before = refused.get(name)
      if (before) return before
      const holder = held.get(thing)
      if (holder === owner) return 'taken'
      const answer = holder !== undefined ? 'held' : version <= (spent.get(thing) ?? -1) ? 'spent' : 'taken'
      if (answer === 'taken') held.set(thing, owner)
      else refused.set(name, answer)
      return answer
    },
    async release({ thing, owner }) {
      refused.set(`${thing} ${owner}`, 'held')
      letGo(thing, owner)
    },
    async spend({ thing, version, owner }) {
      letGo(thing, owner)
      spent.set(thing, Math.max(version, spent.get(thing) ?? version))
    },
  }
}
