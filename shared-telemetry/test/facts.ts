import { RequestFacts, requestEvents } from '@harbor/shared-runtime/telemetry/request'
import { continueTrace } from '@harbor/shared-runtime/trace'

/** A request that has just arrived. */
function arrived(given: Partial<RequestFacts> = {}): RequestFacts {
  const facts = new RequestFacts(continueTrace(undefined), 'GET', performance.now())
  return Object.assign(facts, { kind: 'screen', name: 'home', status: 200 }, given)
}

/** Publishes a whole request; `during` runs between its start and its end. */
export function request(
  given: Partial<RequestFacts> = {},
  during?: (facts: RequestFacts) => void,
): RequestFacts {
  const facts = arrived(given)
  requestEvents.started.publish(facts)
  during?.(facts)
  requestEvents.finished.publish(facts)
  return facts
}
