/** What a transport costs a label that sleeps in between: bytes of payload, and packets on the air. */
export type Cost = {
  readonly bytes: number
  readonly packets: number
  readonly roundTrips: number
  readonly overTcp?: boolean
}

/** IEEE 802.15.4: 250 kbit/s, 48 bytes of headers a frame of at most 127, 5 ms to wake up, 30 ms until an answer. */
const BITS_PER_SECOND = 250_000
const HEADER_BYTES = 48
const MAX_FRAME_BYTES = 127
/** TCP's headers are so much longer than UDP's. */
const TCP_BYTES = 24
const WAKE_S = 0.005
const ROUND_TRIP_S = 0.03

/** Seconds for which the radio is on: an estimate, the same for all transports. */
export function radioSeconds({ bytes, packets, roundTrips, overTcp = false }: Cost): number {
  const headers = HEADER_BYTES + (overTcp ? TCP_BYTES : 0)
  const frames = Math.max(packets, Math.ceil(bytes / (MAX_FRAME_BYTES - headers)))
  return WAKE_S + roundTrips * ROUND_TRIP_S + ((bytes + frames * headers) * 8) / BITS_PER_SECOND
}
