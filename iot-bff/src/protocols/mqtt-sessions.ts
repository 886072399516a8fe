import type { Socket } from 'node:net'
import type { Credential, Devices } from '../devices/registry.ts'

/** A device that has logged in at the embedded broker. */
export type Session = {
  readonly socket: Socket
  readonly credential: Credential
  readonly clientId: string
}

/** Who is logged in: a session ends with the key that it was opened with, or when its device belongs elsewhere. */
export class MqttSessions {
  readonly #ofDevice = new Map<string, Set<Session>>()
  readonly #maxPerDevice: number

  constructor(devices: Devices, maxPerDevice: number) {
    this.#maxPerDevice = maxPerDevice
    devices.listen((id) => {
      for (const { socket, credential } of this.#ofDevice.get(id) ?? []) {
        const present = devices.byKeyHash(credential.keyHash)?.device
        if (present?.store !== credential.device.store) socket.destroy()
      }
    })
  }

  /** Whether the device may have one more; one of the same client id it takes the place of. */
  hasRoom(device: string, clientId: string): boolean {
    const others = [...(this.#ofDevice.get(device) ?? [])].filter((session) => session.clientId !== clientId)
    return others.length < this.#maxPerDevice
  }

  /** Adds a session, until its connection is closed. */
  add(session: Session): void {
    const { id } = session.credential.device
    const sessions = this.#ofDevice.get(id) ?? new Set()
    this.#ofDevice.set(id, sessions.add(session))
    session.socket.once('close', () => {
      sessions.delete(session)
      if (sessions.size === 0 && this.#ofDevice.get(id) === sessions) this.#ofDevice.delete(id)
    })
  }
}
