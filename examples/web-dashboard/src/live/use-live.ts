import { useEffect, useState } from 'react'
import type { PersistedOperation } from '../gen/operations.ts'
import { useOwn } from '../session/signed-in.tsx'
import { stillCurrent } from '../session/store.ts'
import { type LiveState, subscribe } from './subscribe.ts'

type Live<Data> = { readonly state: LiveState; readonly data: Data | undefined }

/** The newest state of a subscription; `data` is `undefined` until the first has come. */
export function useLive<Data, Variables>(
  operation: PersistedOperation<Data, Variables>,
  variables: Variables,
  isFor?: () => Promise<boolean>,
): Live<Data> {
  const asked = JSON.stringify(variables)
  const [live, setLive] = useState<Live<Data> & { asked: string }>({
    asked,
    state: 'connecting',
    data: undefined,
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: the variables by their content, and who looks never changes.
  useEffect(
    () =>
      subscribe(operation, variables, {
        state: (state) =>
          setLive((before) => ({ asked, state, data: before.asked === asked ? before.data : undefined })),
        data: (data) => setLive((before) => ({ ...before, asked, data })),
        ...(isFor && { isFor }),
      }),
    [operation, asked],
  )
  return live.asked === asked ? live : { state: 'connecting', data: undefined }
}

/** The same of who is logged in: nothing is shown once the cookie is of another session. */
export function usePrivateLive<Data, Variables>(
  operation: PersistedOperation<Data, Variables>,
  variables: Variables,
): Live<Data> {
  const { key } = useOwn()
  return useLive(operation, variables, () => stillCurrent(key))
}
