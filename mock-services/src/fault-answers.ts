import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { altered } from './altered-answers.ts'
import { type FaultPlan, wrongTypes } from './faults.ts'

/**
 * Lets the service write its answer as ever, and sends something else: `deliver` gets the whole body once the
 * service has ended it. Works for whatever writes to the response, so no service knows of faults.
 */
function intercept(res: ServerResponse, deliver: (body: Buffer) => void): void {
  const chunks: Buffer[] = []
  const keep = (chunk: unknown) => {
    if (typeof chunk === 'string' || chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk as string))
  }
  Object.assign(res, {
    writeHead(status: number, ...rest: unknown[]) {
      res.statusCode = status
      const headers = rest.at(-1)
      if (headers && typeof headers === 'object')
        for (const [name, value] of Object.entries(headers as OutgoingHttpHeaders))
          if (value !== undefined) res.setHeader(name, value)
      return res
    },
    flushHeaders() {},
    write(chunk: unknown) {
      keep(chunk)
      return true
    },
    end(chunk?: unknown) {
      keep(chunk)
      for (const method of ['writeHead', 'flushHeaders', 'write', 'end']) Reflect.deleteProperty(res, method)
      deliver(Buffer.concat(chunks))
      return res
    },
  })
}

/** Makes the answer of an HTTP service go wrong as planned. `cut` is called when the fault ends the connection. */
export function distort(res: ServerResponse, plan: FaultPlan, cut: () => void): void {
  switch (plan.outcome) {
    case 'malformed':
      intercept(res, (body) => {
        res.removeHeader('content-length')
        res.statusCode = 200
        res.end(
          plan.how === 'truncated'
            ? body.subarray(0, Math.floor(body.length / 2))
            : rewritten(body, wrongTypes),
        )
      })
      break
    case 'altered':
      intercept(res, (body) => {
        res.removeHeader('content-length')
        res.end(
          res.statusCode === 200 ? rewritten(body, (answer) => altered(answer, plan.how, wrongTypes)) : body,
        )
      })
      break
    case 'drip':
      intercept(res, (body) => {
        res.setHeader('content-length', body.length)
        res.flushHeaders()
        drip(res, body, plan.bytesPerSecond)
      })
      break
    case 'crash':
      intercept(res, (body) => {
        res.setHeader('content-length', body.length)
        res.write(body.subarray(0, Math.ceil(body.length / 2)), () => {
          cut()
          res.socket?.destroy()
        })
      })
  }
}

function rewritten(body: Buffer, rewrite: (answer: unknown) => unknown): string {
  try {
    return JSON.stringify(rewrite(JSON.parse(body.toString())))
  } catch {
    return '{"first":null}'
  }
}

function drip(res: ServerResponse, body: Buffer, bytesPerSecond: number): void {
  const portion = Math.max(1, Math.floor(bytesPerSecond / 20))
  let sent = 0
  const timer = setInterval(
    () => {
      res.write(body.subarray(sent, (sent += portion)))
      if (sent < body.length) return
      clearInterval(timer)
      res.end()
    },
    (portion / bytesPerSecond) * 1000,
  )
  res.once('close', () => clearInterval(timer))
}
