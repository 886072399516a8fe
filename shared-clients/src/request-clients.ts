import type { RequestContext } from '@harbor/shared-runtime/request-context'
import type { OpenClient } from './call/client.ts'

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
            return (this.#made[index] ??= client.bind(this.#context, this.#isOptional))
          },
        })
    }

    readonly #context: RequestContext
    readonly #isOptional: boolean
    readonly #made: unknown[] = []
    #optional: RequestClients | undefined

    constructor(context: RequestContext, isOptional = false) {
      this.#context = context
      this.#isOptional = isOptional
    }

    get optional(): RequestClients {
      return (this.#optional ??= new RequestClients(this.#context, true))
    }
  }
}
