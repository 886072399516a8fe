import { encode } from 'cborg'
import { CONTENT_FORMAT } from '../codecs/content-format.ts'
import { encodeRecord } from '../codecs/senml.ts'
import { defineMessage } from './define-message.ts'
import { type Representations, represent } from './representation.ts'

export const stockFlag = defineMessage({
  kind: 'flag',
  reads: [{ path: ['s', '{sku}'], access: 'own-store', shownAs: '/s' }],
  plain: { contentFormat: CONTENT_FORMAT.TEXT, mediaType: 'text/plain' },
  topics: [{ action: 'subscribe', topic: 's/{store}/', below: true }],
})

/** Whether a SKU can be bought in a store, with its answers ready to be sent. */
export type StockFlag = {
  readonly kind: typeof stockFlag.kind
  readonly store: string
  readonly sku: string
  readonly available: boolean
  /** None once the SKU is no longer known. */
  readonly answers: Representations | undefined
}

/** Stores and SKUs stand in paths, topics and SenML names as they are: nothing else may be in them. */
export const IDENTIFIER = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/

/** The same for every SKU, so that ten thousand flags share them. */
const SHARED = { available: shared(true), outOfStock: shared(false) }

/** `1` or `0` in one byte; the CBOR simple value `f5` or `f4`; a SenML record named `{store}/{sku}` with `vb`. */
export const encodeFlag = (store: string, sku: string, available: boolean): Representations => ({
  ...(available ? SHARED.available : SHARED.outOfStock),
  senml: represent('senml', encodeRecord(`${store}/${sku}`, available)),
})

function shared(available: boolean) {
  return {
    plain: represent('plain', Buffer.from(available ? '1' : '0')),
    cbor: represent('cbor', Buffer.from(encode(available))),
  }
}
