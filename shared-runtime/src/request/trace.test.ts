import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { continueTrace, sampleTraces, traceparent } from './trace.ts'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const PARENT = '00f067aa0ba902b7'

test('a trace continues under the same id, with a new span, sampled like its parent', () => {
  const trace = continueTrace(`00-${TRACE}-${PARENT}-01`)
  expect(trace).toEqual({
    traceId: TRACE,
    parentId: PARENT,
    spanId: expect.stringMatching(/^[0-9a-f]{16}$/),
    sampled: true,
  })
  expect(trace.spanId).not.toBe(PARENT)
  expect(continueTrace(`00-${TRACE}-${PARENT}-00`).sampled).toBe(false)
  // Only the lowest bit means "sampled".
  expect(continueTrace(`00-${TRACE}-${PARENT}-02`).sampled).toBe(false)
  expect(continueTrace(`00-${TRACE}-${PARENT}-03`).sampled).toBe(true)
})

test.each([
  ['nothing', undefined],
  ['null', null],
  ['an empty header', ''],
  ['words', 'not-a-trace'],
  ['an all-zero trace id', `00-${'0'.repeat(32)}-${PARENT}-01`],
  ['an all-zero parent id', `00-${TRACE}-${'0'.repeat(16)}-01`],
  ['upper case', `00-${TRACE.toUpperCase()}-${PARENT}-01`],
  ['a short trace id', `00-${TRACE.slice(1)}-${PARENT}-01`],
  ['no flags', `00-${TRACE}-${PARENT}`],
  ['version ff', `ff-${TRACE}-${PARENT}-01`],
  ['more after a header of version 00', `00-${TRACE}-${PARENT}-01-more`],
  ['a line break', `00-${TRACE}-${PARENT}-01\n`],
])('%s starts a new trace, which is not sampled', (_, header) => {
  const trace = continueTrace(header)
  expect(trace).toEqual({
    traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
    spanId: expect.stringMatching(/^[0-9a-f]{16}$/),
    sampled: false,
  })
  expect(trace.traceId).not.toBe(TRACE)
})

test('the known fields of a header of a later version are read', () => {
  expect(continueTrace(`01-${TRACE}-${PARENT}-01-more`)).toMatchObject({ traceId: TRACE, sampled: true })
  expect(continueTrace(`cc-${TRACE}-${PARENT}-01`)).toMatchObject({ traceId: TRACE, sampled: true })
  expect(continueTrace(`01-${TRACE}-${PARENT}-01more`).traceId).not.toBe(TRACE)
})

test('property: the next hop reads what this one writes', () => {
  const hex = (length: number) =>
    fc
      .array(fc.integer({ min: 0, max: 15 }), { minLength: length, maxLength: length })
      .map((digits) => digits.map((digit) => digit.toString(16)).join(''))
      .filter((id) => !/^0+$/.test(id))
  fc.assert(
    fc.property(hex(32), hex(16), fc.boolean(), (traceId, spanId, sampled) => {
      const header = traceparent({ traceId, spanId, sampled })
      expect(continueTrace(header)).toMatchObject({ traceId, sampled })
    }),
  )
})

const hexish = fc.string({ unit: fc.constantFrom(...'0123456789abcdefF\n\0é') })
const anyHeader = fc.oneof(
  hexish,
  fc
    .tuple(fc.constantFrom('00', '01', 'ff'), hexish, fc.constantFrom(TRACE, PARENT), hexish)
    .map((parts) => parts.join('-')),
)

test('property: any header yields a valid trace', () => {
  fc.assert(
    fc.property(anyHeader, (header) => {
      expect(traceparent(continueTrace(header))).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$/)
    }),
  )
})

test('no two of 50,000 traces share an id', () => {
  const ids = new Set<string>()
  for (let i = 0; i < 50_000; i++) {
    const { traceId, spanId } = continueTrace(undefined)
    ids.add(traceId).add(spanId)
  }
  expect(ids.size).toBe(100_000)
})

test('a share of new traces is sampled, by their id, so that every process chooses the same', () => {
  onTestFinished(() => sampleTraces(0))
  sampleTraces(0.25)
  const traces = Array.from({ length: 4_000 }, () => continueTrace(undefined))
  const sampled = traces.filter((trace) => trace.sampled)
  expect(sampled.length).toBeGreaterThan(800)
  expect(sampled.length).toBeLessThan(1_200)
  for (const { traceId, sampled } of traces)
    expect(continueTrace(`00-${traceId}-${PARENT}-00`).sampled).toBe(sampled)
  sampleTraces(0)
  expect(continueTrace(`00-${TRACE}-${PARENT}-01`).sampled).toBe(true)
  sampleTraces(1)
  expect(traces.every(({ traceId }) => continueTrace(`00-${traceId}-${PARENT}-00`).sampled)).toBe(true)
})
