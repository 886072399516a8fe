import { fstatSync, write, writeSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

/** The output of a log. It never throws or blocks: lines that cannot be written are dropped and counted. */
export type LogOutput = {
  write(line: string): void
  /** Writes as much as possible without waiting. pino calls it after a fatal line. */
  flushSync(): void
  /** Resolves when everything is written or cannot be written, after `withinMs` at most. */
  drained(withinMs: number): Promise<void>
  state(): LogState
}

/** The state of the log on `/readyz`. */
type LogState = {
  /** Lines dropped since the process started. */
  readonly lostLines: number
  /** Why lines cannot be written now: an error code such as `ENOSPC`, or `blocked` when nothing reads the output. */
  readonly trouble?: string
}

export type RawOutput = {
  /** Called with the number of bytes of the chunk that were written, and the error that stopped the rest. */
  readonly write: (chunk: Buffer, done: (error: NodeJS.ErrnoException | null, bytes: number) => void) => void
  /** Returns the number of bytes written. @throws the system's error, `EAGAIN` instead of blocking */
  readonly writeSync: (chunk: Buffer) => number
}

const STDOUT = 1
const STDERR = 2
/** Maximum memory of buffered lines. */
const MAX_WAITING_BYTES = 1024 * 1024
const MAX_CHUNK_BYTES = 64 * 1024
/** After a write, lines are gathered for this long: a busy process makes one system call for many requests. */
const GATHER_MS = 5
/** Interval of retries after an error. */
const RETRY_MS = 1_000
/** A write that takes longer is reported as blocked. */
const BLOCKED_AFTER_MS = 1_000
const DRAIN_POLL_MS = 10

/** The output has failed for good: its reader is gone. */
const FINAL = new Set(['EPIPE', 'EBADF', 'ECONNRESET', 'ERR_STREAM_DESTROYED'])

let standard: LogOutput | undefined

/** Standard output, of which a process has one. */
export const standardOutput = (): LogOutput =>
  (standard ??= createLogOutput(rawStandardOutput(), RETRY_MS, GATHER_MS))

/**
 * Buffers in front of a raw output. sonic-boom, pino's default, retries a failed flush for ever and waits in the
 * thread pool for a reader that has stopped, which prevents the exit of the process.
 * @param gatherMs the pause between two writes, in which lines are gathered; a line after a longer pause is written at once
 */
export function createLogOutput(raw: RawOutput, retryMs = RETRY_MS, gatherMs = 0): LogOutput {
  const waiting: Buffer[] = []
  let waitingBytes = 0
  let writing: Buffer | undefined
  let writingSince = 0
  let lostLines = 0
  let trouble: string | undefined
  let closed = false
  let retry: NodeJS.Timeout | undefined
  let gathering: NodeJS.Timeout | undefined

  function pump(): void {
    if (writing || retry || gathering || closed || waiting.length === 0) return
    writing = takeChunk()
    send(writing)
  }

  function gather(): void {
    if (gatherMs > 0 && waitingBytes < MAX_CHUNK_BYTES)
      gathering = setTimeout(() => {
        gathering = undefined
        pump()
      }, gatherMs)
    else pump()
  }

  function takeChunk(): Buffer {
    let bytes = 0
    let lines = 0
    while (lines < waiting.length && bytes < MAX_CHUNK_BYTES) bytes += waiting[lines++]?.length ?? 0
    waitingBytes -= bytes
    return Buffer.concat(waiting.splice(0, lines))
  }

  function send(chunk: Buffer): void {
    writingSince = performance.now()
    raw.write(chunk, (error, bytes) => {
      writing = undefined
      const rest = chunk.subarray(bytes)
      if (!error) {
        trouble = undefined
        if (rest.length === 0) return gather()
        writing = rest
        return send(rest)
      }
      trouble = error.code ?? error.message
      if (FINAL.has(trouble)) return giveUp(rest)
      if (rest.length > 0) {
        waiting.unshift(rest)
        waitingBytes += rest.length
      }
      retry = setTimeout(() => {
        retry = undefined
        pump()
      }, retryMs)
      retry.unref()
    })
  }

  function giveUp(rest: Buffer): void {
    closed = true
    lostLines += linesIn(rest) + waiting.reduce((lines, chunk) => lines + linesIn(chunk), 0)
    waiting.length = 0
    waitingBytes = 0
  }

  return {
    write(line) {
      const bytes = Buffer.from(line)
      if (closed || waitingBytes + bytes.length > MAX_WAITING_BYTES) return void lostLines++
      waiting.push(bytes)
      waitingBytes += bytes.length
      pump()
    },
    flushSync() {
      // A chunk being written may be written only in part: a line inserted after it would break it in two.
      while (!writing && !closed && waiting.length > 0) {
        const chunk = takeChunk()
        try {
          const rest = chunk.subarray(raw.writeSync(chunk))
          trouble = undefined
          if (rest.length === 0) continue
          waiting.unshift(rest)
          waitingBytes += rest.length
        } catch (error) {
          trouble = codeOf(error)
          waiting.unshift(chunk)
          waitingBytes += chunk.length
          return
        }
      }
    },
    async drained(withinMs) {
      const giveUpAt = performance.now() + withinMs
      const hope = () => !closed && !retry && (writing !== undefined || waiting.length > 0)
      while (hope() && performance.now() < giveUpAt) await pause(DRAIN_POLL_MS)
    },
    state() {
      const blocked = writing !== undefined && performance.now() - writingSince > BLOCKED_AFTER_MS
      const now = blocked ? 'blocked' : trouble
      return { lostLines, ...(now !== undefined && { trouble: now }) }
    },
  }
}

/** Standard output, written without ever waiting for its reader. */
function rawStandardOutput(): RawOutput {
  const kind = fstatSync(STDOUT)
  const synchronous = (chunk: Buffer) => writeSync(STDOUT, chunk)
  if (!kind.isFIFO() && !kind.isSocket())
    return {
      writeSync: synchronous,
      write: (chunk, done) => write(STDOUT, chunk, (error, bytes) => done(error, bytes ?? 0)),
    }
  // Not fs.write: a stopped reader would block a thread of the pool, and the exit of the process waits for the pool.
  process.stdout.on('error', () => {})
  return {
    writeSync: synchronous,
    write: (chunk, done) =>
      void process.stdout.write(chunk, (error) => done(error ?? null, error ? 0 : chunk.length)),
  }
}

/** Writes a last message to standard error; a failure to write it is ignored. */
export function writeToStderr(text: string): void {
  try {
    writeSync(STDERR, text)
  } catch {
    // A full disk, or no reader.
  }
}

const NEWLINE = 10

function linesIn(chunk: Buffer): number {
  let lines = 0
  for (const byte of chunk) if (byte === NEWLINE) lines++
  return lines
}

const codeOf = (error: unknown) =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error)
