import type { Log } from '@harbor/shared-runtime/log'
import type { Seal } from '@harbor/shared-runtime/seal'
import { type Context, type Device, isValidAt } from '../devices/record.ts'
import type { Devices } from '../devices/registry.ts'
import { openContext } from './provision.ts'
import { SERVER_ID, SecurityContext } from './security-context.ts'

/** A context of a device, as long as both are in the registry. */
export class DeviceContext extends SecurityContext {
  readonly deviceId: string
  readonly id: string
  /** Milliseconds since 1970; `Infinity` for one that is not being replaced. */
  validUntil: number
  /** The newest exchange, for when its answer is lost and the request repeated as it was. */
  last: Answered | undefined

  constructor(deviceId: string, { id, until }: Context, opened: { secret: Buffer; salt: Buffer }) {
    super({ ...opened, senderId: SERVER_ID, recipientId: Buffer.from(id, 'hex') })
    this.deviceId = deviceId
    this.id = id
    this.validUntil = instantOf(until)
  }

  get isValid(): boolean {
    // biome-ignore lint/plugin: in the registry of devices, for years
    return this.validUntil > Date.now()
  }
}

/** A confirmable request and its answer, which may be sent a few times more. */
type Answered = {
  readonly datagram: Buffer
  readonly key: string
  /** None while it is being made. */
  answer: Buffer | undefined
  repetitions: number
}

/** The security contexts of all devices by the id that a request carries. It follows the registry. */
export class Contexts {
  readonly #devices: Devices
  readonly #seal: Seal
  readonly #log: Log
  readonly #byKid = new Map<string, DeviceContext[]>()
  readonly #ofDevice = new Map<string, DeviceContext[]>()
  readonly #listeners: ((gone: DeviceContext) => void)[] = []

  constructor(devices: Devices, seal: Seal, log: Log) {
    this.#devices = devices
    this.#seal = seal
    this.#log = log
    devices.listen((id, device) => this.#follow(id, device))
  }

  /** Those that a request with this id may belong to: seldom more than one. */
  find(kid: Buffer): readonly DeviceContext[] {
    return this.#byKid.get(kid.toString('hex')) ?? []
  }

  /** Called with each context that is no longer valid. */
  listen(listener: (gone: DeviceContext) => void): void {
    this.#listeners.push(listener)
  }

  get size(): number {
    return this.#byKid.size
  }

  #follow(deviceId: string, device: Device | undefined): void {
    // biome-ignore lint/plugin: in the registry of devices, for years
    const now = Date.now()
    const given = (device && this.#devices.records.get(deviceId)?.contexts) ?? []
    const valid = given.filter((context) => isValidAt(context, now))
    const former = this.#ofDevice.get(deviceId) ?? []
    // What stays keeps its window: a request that was received must not be taken again.
    const kept = former.filter(({ id }) => valid.some((context) => context.id === id))
    for (const gone of former) if (!kept.includes(gone)) this.#drop(gone)
    const made = valid.filter(({ id }) => !kept.some((context) => context.id === id))
    const opened = made.flatMap((context) => this.#opened(deviceId, context) ?? [])
    for (const context of kept)
      context.validUntil = instantOf(valid.find(({ id }) => id === context.id)?.until)
    for (const context of opened)
      this.#byKid.set(context.id, [...(this.#byKid.get(context.id) ?? []), context])
    if (kept.length + opened.length > 0) this.#ofDevice.set(deviceId, [...kept, ...opened])
    else this.#ofDevice.delete(deviceId)
  }

  #opened(device: string, context: Context): DeviceContext | undefined {
    const opened = openContext(this.#seal, device, context)
    if (opened) return new DeviceContext(device, context, opened)
    this.#log.error({ device, context: context.id }, 'no key of SEAL_KEYS opens an OSCORE context')
    return undefined
  }

  #drop(context: DeviceContext): void {
    context.validUntil = 0
    const others = (this.#byKid.get(context.id) ?? []).filter((other) => other !== context)
    if (others.length > 0) this.#byKid.set(context.id, others)
    else this.#byKid.delete(context.id)
    for (const listener of this.#listeners) listener(context)
  }
}

const instantOf = (until: string | undefined): number =>
  until === undefined ? Number.POSITIVE_INFINITY : Date.parse(until)
