import { acceptedMediaTypes } from '@harbor/shared-edge/negotiation'
import { ProblemError } from '@harbor/shared-runtime/problems'
import { GraphQLError } from 'graphql'
import { type Plugin, processRegularResult, type YogaInitialContext } from 'graphql-yoga'
import type { Context, RequestState } from '../context.ts'
import type { Subscriptions } from '../subscriptions/index.ts'

const EVENT_STREAM = 'text/event-stream'
const JSON_TYPE = 'application/graphql-response+json'

/**
 * Answers subscriptions as server-sent events that can be resumed, which Yoga's own have no ids for. What cannot begin
 * is an HTTP error with a body in JSON.
 */
export function useSubscriptions(
  subscriptions: Pick<Subscriptions, 'open'>,
): Plugin<YogaInitialContext & RequestState & Context> {
  const opened = new WeakMap<Request, ReadableStream<Uint8Array>>()
  return {
    onSubscribe({ args: { contextValue }, setSubscribeFn }) {
      setSubscribeFn(async ({ document, operationName, variableValues }) => {
        const { request, session, addressKey, noViewer, requestContext } = contextValue
        // The stream has contexts of its own.
        requestContext.end()
        try {
          requireEventStream(request)
          const stream = await subscriptions.open({
            document,
            operationName,
            variableValues,
            headers: request.headers,
            session,
            noViewer,
            address: addressKey,
          })
          opened.set(request, stream)
          return {}
        } catch (error) {
          return { errors: [asGraphqlError(error)] }
        }
      })
    },
    onResultProcess({ request, result, setResultProcessor }) {
      const stream = opened.get(request)
      if (stream) setResultProcessor(() => eventStream(stream), EVENT_STREAM)
      else if (isRefusal(result) && isForStreams(request)) setResultProcessor(processRegularResult, JSON_TYPE)
    },
  }
}

const isRefusal = (result: unknown): boolean =>
  typeof result === 'object' &&
  result !== null &&
  Object.hasOwn(result, 'errors') &&
  !Object.hasOwn(result, 'data')

/** Whether all that the consumer takes is a stream. */
const isForStreams = ({ headers }: Request): boolean =>
  acceptedMediaTypes(headers.get('accept'), [JSON_TYPE, 'application/json']).length === 0

/** @throws {ProblemError} `NOT_ACCEPTABLE` for a consumer that takes JSON only */
function requireEventStream(request: Request): void {
  if (acceptedMediaTypes(request.headers.get('accept'), [EVENT_STREAM]).length === 0)
    throw new ProblemError('NOT_ACCEPTABLE', `A subscription is answered as ${EVENT_STREAM} only.`)
}

const asGraphqlError = (error: unknown): GraphQLError => {
  if (error instanceof GraphQLError) return error
  const originalError = error instanceof Error ? error : new Error('failed', { cause: error })
  return new GraphQLError(originalError.message, { originalError })
}

const eventStream = (stream: ReadableStream<Uint8Array>): Response =>
  new Response(stream, {
    headers: {
      'content-type': EVENT_STREAM,
      'cache-control': 'no-store',
      // Asks nginx and others like it to pass each event on at once.
      'x-accel-buffering': 'no',
    },
  })
