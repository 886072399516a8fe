import type { Message, ReadMessage } from './define-message.ts'
import { namedFlags } from './named-flags.ts'
import { stockBitmap } from './stock-bitmap.ts'
import { stockFlag } from './stock-flag.ts'
import { telemetry } from './telemetry.ts'

/** Every message of the device contract; paths, access rules, topics and formats are derived from it. */
export const MESSAGES = [stockFlag, stockBitmap, namedFlags, telemetry] as const satisfies readonly Message[]

/** By the `kind` of a resource. */
export const READ_MESSAGES = { flag: stockFlag, bitmap: stockBitmap } as const satisfies Record<
  string,
  ReadMessage
>
