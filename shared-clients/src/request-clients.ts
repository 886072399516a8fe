import type { RequestContext } from '@harbor/shared-runtime/request-context'
import type { OpenClient } from './transport/client.ts'

/**
 * A class whose instances are the clients of one request. The getters are made once a process: a request costs
 * one small object, and a client only when the request uses it.
 */
export function requestClients(opened: ReadonlyMap<string, OpenClient<unknown>>) {
  return class RequestClients {
    static {
      for (const [index, [name, client]] of [...opened].entries())
        Object.defineProperty(RequestClients.prototype, name, {
          enumerable: true,
          get(this: RequestClients) {
            return (this.#made[index] ??= client.bind(this.#context))
          },
        })
    }

    readonly #context: RequestContext
    readonly #made: unknown[] = []

    constructor(context: RequestContext) {
      this.#context = context
    }
  }
}
