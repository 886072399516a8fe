import { spawnSync } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createLogOutput, type RawOutput } from './log-output.ts'

const failure = (code: string) => Object.assign(new Error(code), { code })

/** An output whose writes finish when and how the test decides. */
function heldOutput() {
  const ends: ((code?: string, bytes?: number) => void)[] = []
  const written: Buffer[] = []
  const raw: RawOutput = {
    write: (chunk, done) =>
      void ends.push((code, bytes = code === undefined ? chunk.length : 0) => {
        written.push(chunk.subarray(0, bytes))
        done(code === undefined ? null : failure(code), bytes)
      }),
    writeSync: () => {
      throw failure('ENOSPC')
    },
  }
  return {
    raw,
    end: (code?: string, bytes?: number) => ends.shift()?.(code, bytes),
    text: () => String(Buffer.concat(written)),
  }
}

const soon = () => new Promise((resolve) => setTimeout(resolve, 20))

test('lines are buffered while the disk is full, and written in order once there is room', async () => {
  const { raw, end, text } = heldOutput()
  const output = createLogOutput(raw, 1)
  output.write('first\n')
  output.write('second\n')
  end('ENOSPC', 3)
  expect(output.state()).toEqual({ lostLines: 0, trouble: 'ENOSPC' })
  await soon()
  end()
  expect(text()).toBe('first\nsecond\n')
  expect(output.state()).toEqual({ lostLines: 0 })
})

test('the buffer is bounded: further lines are dropped and counted', () => {
  const { raw } = heldOutput()
  const output = createLogOutput(raw)
  const line = `${'x'.repeat(1023)}\n`
  for (let n = 0; n < 10_000; n++) output.write(line)
  // One line is being written, 1 MiB is buffered.
  expect(output.state().lostLines).toBe(10_000 - 1 - 1024)
})

test('a reader that does not read is reported after a second', async () => {
  const { raw, end } = heldOutput()
  const output = createLogOutput(raw)
  output.write('x\n')
  expect(output.state()).toEqual({ lostLines: 0 })
  await expect.poll(() => output.state(), { timeout: 5_000 }).toEqual({ lostLines: 0, trouble: 'blocked' })
  end()
  expect(output.state()).toEqual({ lostLines: 0 })
})

test('a closed reader loses every line, at no cost', async () => {
  const { raw, end } = heldOutput()
  const output = createLogOutput(raw)
  output.write('x\n')
  output.write('y\n')
  end('EPIPE')
  output.write('z\n')
  expect(output.state()).toEqual({ lostLines: 3, trouble: 'EPIPE' })
  await output.drained(60_000)
})

test('a flush stops at the first error, and a drain when nothing can be written', async () => {
  const { raw, end } = heldOutput()
  const output = createLogOutput(raw)
  output.write('x\n')
  end('ENOSPC')
  output.write('fatal\n')
  output.flushSync()
  await output.drained(60_000)
  expect(output.state()).toEqual({ lostLines: 0, trouble: 'ENOSPC' })
})

test('a process whose fatal line meets a full disk continues, and can exit', () => {
  const program = `
    import { createLog } from '${new URL('log.ts', import.meta.url).href}'
    const log = createLog('shop')
    for (let n = 0; n < 1_000; n++) log.info({ n }, 'busy')
    log.fatal('nobody reads this')
    setTimeout(() => process.exit(7), 50)
  `
  const full = openSync('/dev/full', 'w')
  const { status } = spawnSync(process.execPath, ['--input-type=module-typescript', '--eval', program], {
    stdio: ['ignore', full, 'inherit'],
    timeout: 15_000,
  })
  closeSync(full)
  expect(status).toBe(7)
})

test('a busy process writes many lines at once, and a quiet one each line at once', async () => {
  const chunks: string[] = []
  const raw: RawOutput = {
    write: (chunk, done) => {
      chunks.push(String(chunk))
      done(null, chunk.length)
    },
    writeSync: (chunk) => chunk.length,
  }
  const output = createLogOutput(raw, 1, 5)
  for (const line of ['a', 'b', 'c']) output.write(`${line}\n`)
  expect(chunks).toEqual(['a\n'])
  await output.drained(60_000)
  expect(chunks).toEqual(['a\n', 'b\nc\n'])
  await soon()
  output.write('d\n')
  expect(chunks.at(-1)).toBe('d\n')
})

test('property: with any partial writes, lines stay whole and in order, and each is written or counted', async () => {
  const step = fc.oneof(
    fc.record({ line: fc.stringMatching(/^[a-zé]{0,40}$/) }),
    fc.record({ code: fc.constantFrom('ENOSPC', 'EIO', 'EAGAIN') }),
    fc.record({ share: fc.double({ min: 0, max: 1, noNaN: true }) }),
    fc.constant({ flush: true as const }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      let text = Buffer.alloc(0)
      let pending: { chunk: Buffer; done: Parameters<RawOutput['write']>[1] } | undefined
      const take = (chunk: Buffer, share: number) => {
        const bytes = Math.min(chunk.length, Math.ceil(chunk.length * share))
        text = Buffer.concat([text, chunk.subarray(0, bytes)])
        return bytes
      }
      let room = 0.5
      const output = createLogOutput(
        {
          write: (chunk, done) => void (pending = { chunk, done }),
          writeSync: (chunk) => {
            if (room < 0.2) throw failure('ENOSPC')
            return take(chunk, room)
          },
        },
        0,
      )
      const finish = async (share: number, code?: string) => {
        const { chunk, done } = pending ?? {}
        pending = undefined
        if (chunk)
          done?.(code === undefined ? null : failure(code), code === undefined ? take(chunk, share) : 0)
        await new Promise((resolve) => setTimeout(resolve, code === undefined ? 0 : 2))
      }
      const lines: string[] = []
      for (const step of steps) {
        if ('line' in step) {
          lines.push(`${step.line}\n`)
          output.write(`${step.line}\n`)
        } else if ('flush' in step) output.flushSync()
        else if ('code' in step) await finish(0, step.code)
        else {
          room = step.share
          await finish(Math.max(room, 0.1))
        }
      }
      // A timer retries buffered lines after an error.
      while (pending || output.state().trouble !== undefined) await finish(1)
      expect(String(text)).toBe(lines.join(''))
      expect(output.state()).toEqual({ lostLines: 0 })
    }),
    { numRuns: 100 },
  )
})
