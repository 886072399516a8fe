import { MAX_BODY_BYTES } from '@harbor/shared-runtime/body-cap'
import { ProblemError } from '@harbor/shared-runtime/problems'
import { type JsonShape, keepsWithin } from './json-shape.ts'

/** Limits of a request body. */
export type BodyLimits = JsonShape & { readonly maxBytes: number }

/** Ten times the size of our largest form or document. */
export const BODY_LIMITS: BodyLimits = { maxBytes: MAX_BODY_BYTES, maxDepth: 32, maxMembers: 1_000 }

const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json[ \t]*(?:;|$)/i
const FORM_TYPE = /^application\/x-www-form-urlencoded[ \t]*(?:;|$)/i

/**
 * Reads the body of a request as JSON; its structure is checked before parsing, its content by the caller's schema.
 * @throws {ProblemError} `UNSUPPORTED_MEDIA_TYPE`, `TOO_LARGE` or `INVALID_REQUEST`
 */
export async function readJsonBody(request: Request, limits: BodyLimits = BODY_LIMITS): Promise<unknown> {
  expectType(request, JSON_TYPE, 'application/json')
  const bytes = await readBytes(request, limits.maxBytes)
  if (!keepsWithin(bytes, limits))
    throw new ProblemError(
      'INVALID_REQUEST',
      `The body is nested deeper than ${limits.maxDepth}, or has a list or an object of more than ${limits.maxMembers}.`,
    )
  try {
    return JSON.parse(textOf(bytes))
  } catch (cause) {
    throw new ProblemError('INVALID_REQUEST', 'The body is not valid JSON.', { cause })
  }
}

/**
 * Reads the body of a request as a form.
 * @throws {ProblemError} `UNSUPPORTED_MEDIA_TYPE`, `TOO_LARGE` or `INVALID_REQUEST`
 */
export async function readFormBody(
  request: Request,
  { maxBytes, maxMembers }: Omit<BodyLimits, 'maxDepth'> = BODY_LIMITS,
): Promise<URLSearchParams> {
  expectType(request, FORM_TYPE, 'application/x-www-form-urlencoded')
  const text = textOf(await readBytes(request, maxBytes))
  if (text.split('&', maxMembers + 1).length > maxMembers)
    throw new ProblemError('INVALID_REQUEST', `The form has more than ${maxMembers} fields.`)
  return new URLSearchParams(text)
}

/**
 * Reads the body of a request as text, of any media type.
 * @throws {ProblemError} `TOO_LARGE`, or `INVALID_REQUEST` for invalid UTF-8
 */
export const readTextBody = async (request: Request, maxBytes: number): Promise<string> =>
  textOf(await readBytes(request, maxBytes))

function expectType({ headers }: Request, type: RegExp, name: string): void {
  if (!type.test(headers.get('content-type')?.trim() ?? ''))
    throw new ProblemError('UNSUPPORTED_MEDIA_TYPE', `The body must be ${name}.`, {
      headers: { accept: name },
    })
  // Request bodies are never decompressed, which rules out decompression bombs.
  if (!/^(?:identity)?$/i.test(headers.get('content-encoding')?.trim() ?? ''))
    throw new ProblemError('UNSUPPORTED_MEDIA_TYPE', 'The body must not be compressed.', {
      headers: { 'accept-encoding': 'identity' },
    })
}

/**
 * The bytes of a body. A declared length is trusted, because the HTTP server reads no more than that; a body without
 * one is counted while it is read.
 */
async function readBytes(request: Request, maxBytes: number): Promise<Uint8Array> {
  const declared = request.headers.get('content-length')
  if (declared !== null && !(Number(declared) <= maxBytes)) throw tooLarge(maxBytes)
  try {
    if (declared !== null) return new Uint8Array(await request.arrayBuffer())
    const chunks: Uint8Array[] = []
    let size = 0
    for await (const chunk of request.body ?? []) {
      size += chunk.length
      if (size > maxBytes) throw tooLarge(maxBytes)
      chunks.push(chunk)
    }
    return Buffer.concat(chunks)
  } catch (error) {
    if (error instanceof ProblemError) throw error
    throw new ProblemError('INVALID_REQUEST', 'The body was cut short.', { cause: error })
  }
}

const tooLarge = (maxBytes: number) =>
  new ProblemError('TOO_LARGE', `The body has more than ${maxBytes} bytes.`)

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new ProblemError('INVALID_REQUEST', 'The body is not valid UTF-8.', { cause })
  }
}
