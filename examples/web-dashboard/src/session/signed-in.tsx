import type { QueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, use, useState, useSyncExternalStore } from 'react'
import { newCache } from '../graph/use-public.ts'
import { current, keyOf, subscribe } from './store.ts'

export const useSession = () => useSyncExternalStore(subscribe, current)

export type Own = { readonly key: string; readonly cache: QueryClient }
const OwnContext = createContext<Own | undefined>(undefined)

/** The session that a part belongs to. @throws outside of `SignedIn` */
export function useOwn(): Own {
  const own = use(OwnContext)
  if (!own) throw new TypeError('what is private is shown inside of <SignedIn> only')
  return own
}

type Props = { forRole?: string; children: ReactNode; otherwise?: ReactNode; meanwhile?: ReactNode }

/**
 * Shows what belongs to who is logged in. Each session has a cache and elements of its own: what arrives for one that
 * has ended reaches nothing that is shown.
 */
export function SignedIn({ forRole, children, otherwise = null, meanwhile = null }: Props) {
  const { session } = useSession()
  if (session.state === 'unknown') return meanwhile
  if (session.state === 'nobody' || (forRole !== undefined && !session.roles.includes(forRole)))
    return otherwise
  return (
    <OfSession key={session.key} sessionKey={session.key}>
      {children}
    </OfSession>
  )
}

let caches: Own | undefined
subscribe(() => {
  if (caches && keyOf(current().session) !== caches.key) drop()
})

function drop(): void {
  caches?.cache.clear()
  caches = undefined
}

/** One cache for all parts of a page; that of the session before is dropped. */
function cacheOf(key: string): Own {
  if (caches?.key !== key) {
    drop()
    caches = { key, cache: newCache() }
  }
  return caches
}

function OfSession({ sessionKey, children }: { sessionKey: string; children: ReactNode }) {
  const [own] = useState(() => cacheOf(sessionKey))
  return <OwnContext value={own}>{children}</OwnContext>
}
