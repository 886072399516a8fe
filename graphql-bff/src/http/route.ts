import type { IncomingMessage } from 'node:http'
import type { RequestFacts } from '@harbor/shared-runtime/telemetry/request'
import type { Context } from 'hono'
import type { RequestState } from '../context.ts'

export type Env = {
  /** Of the server; a test asks without one. */
  Bindings: { incoming?: IncomingMessage }
  Variables: RequestState & { facts: RequestFacts }
}

/**
 * What may ask for a route, which decides what a request has to show (http/request-guard.ts): the address bar and
 * links, a page of ours that loads its parts, a script of such a page, or another server. Only `api` acts
 * with the authority of a session.
 */
export type RouteKind = 'navigation' | 'asset' | 'api' | 'server'

export type Route = {
  readonly path: string
  readonly methods: readonly ('GET' | 'HEAD' | 'POST')[]
  readonly kind: RouteKind
  readonly handle: (c: Context<Env>) => Response | Promise<Response>
}
