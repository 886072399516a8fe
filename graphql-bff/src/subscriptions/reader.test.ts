import { expect, test } from 'vitest'
import { Reader } from './reader.ts'
import { comeBack, stateFrame } from './wire.ts'

const text = new TextDecoder()
const frame = (state: string) => stateFrame(JSON.stringify(state), `tag-of-${state}`, '7')

function opened(has?: string) {
  let ends = 0
  const reader = new Reader(has, () => ends++)
  const connection = reader.stream.getReader()
  const take = async () => {
    const { value } = await connection.read()
    return value === undefined ? 'end' : text.decode(value)
  }
  return { reader, connection, take, ends: () => ends }
}
const inSeconds = (s: number) => performance.now() + s * 1_000
/** Lets the stream ask for more. */
const turn = () => new Promise(setImmediate)

test('a state is an event with an id, a name and its data', async () => {
  const { reader, take } = opened()
  reader.offer(frame('A'))
  expect(await take()).toBe('id: 7.tag-of-A\nevent: next\ndata: "A"\n\n')
})

test('a slow reader gets the newest state, not a queue', async () => {
  const { reader, take } = opened()
  for (const state of ['A', 'B', 'C', 'D']) reader.offer(frame(state))
  expect(await take()).toContain('"D"')
  const next = take()
  await turn()
  reader.offer(frame('E'))
  expect(await next).toContain('"E"')
})

test('a state that the reader has is not sent again, and supersedes what waits', async () => {
  const { reader, take } = opened('tag-of-A')
  reader.offer(frame('B'))
  reader.offer(frame('A'))
  const next = take()
  await turn()
  reader.offer(frame('A'))
  reader.offer(frame('C'))
  expect(await next).toContain('"C"')
})

test('after 12 s of silence there is a sign of life, and none before', async () => {
  const { reader, take } = opened()
  const next = take()
  await turn()
  reader.beat(inSeconds(11))
  reader.beat(inSeconds(13))
  expect(await next).toBe(':\n\n')
  const after = take()
  await turn()
  reader.beat(inSeconds(11))
  reader.offer(frame('A'))
  expect(await after).toContain('"A"')
})

test('a reader that takes nothing is given up within 30 s, and one that waits is not', async () => {
  const stuck = opened()
  stuck.reader.offer(frame('A'))
  stuck.reader.beat(inSeconds(19))
  expect(stuck.ends()).toBe(0)
  stuck.reader.beat(inSeconds(21))
  expect(stuck.ends()).toBe(1)
  await expect(stuck.take()).rejects.toThrow('took nothing')

  const waiting = opened()
  void waiting.take()
  await turn()
  waiting.reader.beat(inSeconds(60))
  expect(waiting.ends()).toBe(0)
})

test('a reader that leaves is gone at once, and once', async () => {
  const { reader, connection, ends } = opened()
  await connection.cancel()
  expect(ends()).toBe(1)
  reader.offer(frame('A'))
  reader.beat(inSeconds(60))
  reader.end(comeBack(1))
  expect(ends()).toBe(1)
})

test('the end comes after a last message', async () => {
  const { reader, take, ends } = opened()
  reader.offer(frame('A'))
  reader.end(comeBack(1_500.4))
  expect([await take(), await take()]).toEqual(['retry: 1500\n\n', 'end'])
  expect(ends()).toBe(1)
})
