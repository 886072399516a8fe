import { describe, expect, it } from 'vitest'
import { parseExposition } from './exposition.ts'
import { stateBetween } from './state.ts'

const reading = (at: number, text: string) => ({ at, samples: parseExposition(text) })

const BEFORE = `# HELP harbor_requests_total Requests over HTTP that were answered.
# TYPE harbor_requests_total counter
harbor_requests_total{bff="mobile",name="home",status="2xx"} 100
harbor_requests_total{bff="mobile",name="cart",status="5xx"} 10
harbor_upstream_calls_total{bff="mobile",upstream="cart",endpoint="GET /carts/{id}",outcome="ok"} 50
harbor_upstream_breaker_state{bff="mobile",upstream="cart",state="closed"} 1
harbor_upstream_breaker_state{bff="mobile",upstream="cart",state="open"} 0
harbor_upstream_breaker_state{bff="mobile",upstream="tax",state="closed"} 1
`
const AFTER = `harbor_requests_total{bff="mobile",name="home",status="2xx"} 140
harbor_requests_total{bff="mobile",name="cart",status="5xx"} 20
harbor_upstream_calls_total{bff="mobile",upstream="cart",endpoint="GET /carts/{id}",outcome="ok"} 60
harbor_upstream_calls_total{bff="mobile",upstream="cart",endpoint="GET /carts/{id}",outcome="timeout"} 30
harbor_upstream_call_duration_seconds_bucket{bff="mobile",upstream="cart",le="0.1"} 20
harbor_upstream_call_duration_seconds_bucket{bff="mobile",upstream="cart",le="0.2"} 40
harbor_upstream_call_duration_seconds_bucket{bff="mobile",upstream="cart",le="+Inf"} 40
harbor_upstream_breaker_state{bff="mobile",upstream="cart",state="closed"} 0
harbor_upstream_breaker_state{bff="mobile",upstream="cart",state="open"} 1
harbor_upstream_breaker_state{bff="mobile",upstream="tax",state="closed"} 1
`

describe('the state of a process', () => {
  it('is what has happened between two readings, a second', () => {
    const state = stateBetween('mobile', reading(1_000, BEFORE), reading(11_000, AFTER))
    expect(state).toMatchObject({ name: 'mobile', up: true, rate: 5, p95Ms: undefined })
    expect(state.upstreams).toHaveLength(1)
    expect(state.upstreams[0]).toMatchObject({ name: 'cart', rate: 4, failures: 3, breaker: 'open' })
    // Of 40 calls the 38th is at 0.9 of the bucket from 100 to 200 ms.
    expect(state.upstreams[0]?.p95Ms).toBeCloseTo(190)
  })
  it('counts nothing below zero when a process has started again', () => {
    expect(stateBetween('mobile', reading(1_000, AFTER), reading(11_000, BEFORE)).rate).toBe(0)
  })
  it('has no rates before a second reading, and says when a process is away', () => {
    expect(stateBetween('mobile', undefined, reading(1, AFTER))).toMatchObject({ up: true, rate: 0 })
    expect(stateBetween('mobile', reading(1, AFTER), undefined)).toMatchObject({ up: false, upstreams: [] })
  })
})
