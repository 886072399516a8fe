import { createServer, type Socket } from 'node:net'
import { listen } from '@harbor/shared-runtime/http-server'
import { Aedes, type AedesOptions, type AuthenticateError } from 'aedes'
import type { Device, Devices } from '../devices.ts'
import type { Broker } from './mqtt.ts'

const CONNECT_TIMEOUT_MS = 5_000
const MAX_CONNECTIONS = 10_000
const WINDOW = 100
const NOT_AUTHORIZED = 5
/** What a connection may send before it has logged in; a packet may announce a quarter of a gigabyte. */
const MAX_LOGIN_BYTES = 1_024

type Options = { devices: Devices; host: string; port: number }

/**
 * A broker in the process, for development and small shops: nothing to install. A device logs in with its id
 * and key; it may read the flags of its own store and write nothing.
 */
export function embeddedBroker({ devices, host, port }: Options): Broker {
  const deviceOf = new WeakMap<object, Device>()
  const sockets = new Set<Socket>()
  const server = createServer()
  server.maxConnections = MAX_CONNECTIONS
  let aedes: Aedes | undefined

  const preConnect: NonNullable<AedesOptions['preConnect']> = (_client, packet, done) => {
    // Retained flags are the newest state: keeping old ones for who is away would only fill the memory.
    packet.clean = true
    done(null, true)
  }
  const authenticate: NonNullable<AedesOptions['authenticate']> = (client, username, password, done) => {
    const device = password === undefined ? undefined : devices.byKey(password.toString())
    if (device === undefined || device.id !== username) return done(notAuthorized(), false)
    deviceOf.set(client, device)
    client.conn.removeAllListeners('data')
    done(null, true)
  }
  const authorizeSubscribe: NonNullable<AedesOptions['authorizeSubscribe']> = (client, wanted, done) => {
    const device = deviceOf.get(client)
    // Without a subscription the client is told so (0x80) and stays connected.
    done(null, device && wanted.topic.startsWith(`s/${device.store}/`) ? wanted : null)
  }
  const authorizePublish: NonNullable<AedesOptions['authorizePublish']> = (_client, _packet, done) =>
    done(new Error('devices do not publish'))

  return {
    async start(connected) {
      const broker = await Aedes.createBroker({
        connectTimeout: CONNECT_TIMEOUT_MS,
        preConnect,
        authenticate,
        authorizeSubscribe,
        authorizePublish,
      })
      aedes = broker
      server.on('connection', (socket) => {
        sockets.add(socket)
        socket.on('close', () => sockets.delete(socket))
        socket.on('data', () => socket.bytesRead > MAX_LOGIN_BYTES && socket.destroy())
        broker.handle(socket)
      })
      const address = await listen(server, host, port, 'MQTT_PORT', 'mqtt')
      connected(WINDOW)
      return address
    },
    publish: (topic, payload) =>
      new Promise((resolve, reject) => {
        const packet = { cmd: 'publish', topic, payload, qos: 1, retain: true, dup: false } as const
        aedes?.publish(packet, (error) => (error ? reject(error) : resolve()))
      }),
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve))
      await new Promise<void>((resolve) => (aedes ? aedes.close(resolve) : resolve()))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

const notAuthorized = (): AuthenticateError =>
  Object.assign(new Error('not a device of the registry'), { returnCode: NOT_AUTHORIZED })
