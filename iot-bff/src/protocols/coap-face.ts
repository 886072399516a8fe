import type { Log } from '@harbor/shared-runtime/log'
import type { Resources } from '../access/resources.ts'
import type { Devices } from '../devices/registry.ts'
import type { Limits } from '../limits/limits.ts'
import type { Contexts } from '../oscore/contexts.ts'
import type { Epochs } from '../oscore/epochs.ts'
import { createSenderNumbers } from '../oscore/sender-numbers.ts'
import type { FlagStore } from '../stock/flag-store.ts'
import type { TelemetryIntake } from '../telemetry/intake.ts'
import { createCoapHandler } from './coap.ts'
import { createEchoProof } from './coap-echo.ts'
import { createMessageIds, type SendDatagram } from './coap-endpoint.ts'
import { createObservations } from './coap-observe.ts'
import { createProtection } from './coap-protection.ts'
import { createRequests } from './coap-requests.ts'

/** What OSCORE needs: the contexts of the devices, and numbers that no other process uses. */
export type OscoreOptions = {
  contexts: Contexts
  epochs: Epochs
  /** Whether other replicas serve the same devices. */
  isShared: boolean
}

type Options = {
  store: FlagStore
  resources: Resources
  devices: Devices
  limits: Limits
  telemetry: TelemetryIntake
  /** The id of the device that peers over plain CoAP are taken for; without it they are unauthorized. */
  plainDevice: string | undefined
  oscore: OscoreOptions | undefined
  send: SendDatagram
  log: Log
}

/** The device contract over CoAP, without the sockets: what comes in is `handle`d, what is sent later goes to `send`. */
export function createCoapFace(options: Options) {
  const { store, resources, devices, limits, telemetry, plainDevice, oscore, send, log } = options
  const messageIds = createMessageIds()
  const echo = createEchoProof()
  const numbers = oscore && createSenderNumbers(oscore.epochs, log)
  const protect = oscore && numbers && createProtection(numbers, oscore.isShared)
  const observations = createObservations({ store, devices, send, messageIds, ...(protect && { protect }) })
  oscore?.contexts.listen(observations.dismissContext)
  const answer = createRequests({ store, resources, observations, echo, telemetry })
  const handle = createCoapHandler({
    observations,
    echo,
    limits,
    answer,
    plainDevice: () => (plainDevice === undefined ? undefined : devices.byId(plainDevice)),
    oscore: oscore && protect && { contexts: oscore.contexts, devices, protect },
    messageIds,
    send,
  })
  return {
    handle,
    echo,
    observations,
    /** Resolves once answers under OSCORE can be numbered, or it is known that they cannot yet. */
    start: async (): Promise<void> => numbers?.start(),
  }
}
