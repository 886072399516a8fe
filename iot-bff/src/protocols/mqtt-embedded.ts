import { createServer, type Socket } from 'node:net'
import { listen } from '@harbor/shared-runtime/http-server'
import { Aedes, type AedesOptions, type AuthenticateError } from 'aedes'
import { logIn, mayUse } from '../access/topics.ts'
import { createFrameReader, PACKET } from '../codecs/mqtt-frames.ts'
import type { Device } from '../devices/record.ts'
import type { Devices } from '../devices/registry.ts'
import type { Limits } from '../limits/limits.ts'
import { formatOf, type TelemetryIntake } from '../telemetry/intake.ts'
import type { Broker } from './mqtt.ts'
import { MqttSessions } from './mqtt-sessions.ts'
import { tellTelemetry } from './tell-message.ts'

const CONNECT_TIMEOUT_MS = 5_000
/** A device that vanished is detected by TCP, whatever keep-alive it asked for. */
const TCP_KEEP_ALIVE_MS = 60_000
const WINDOW = 100
/** Topic filters of a connection; each costs memory and is matched with every flag that changes. */
const MAX_FILTERS = 100
/** MQTT 3.1.1 §3.2.2.3. It has no reason for a connection that is closed later. */
const REFUSED = { IDENTIFIER_REJECTED: 2, SERVER_UNAVAILABLE: 3, NOT_AUTHORIZED: 5 } as const
/** A packet may announce a quarter of a gigabyte. */
const MAX_PACKET_BYTES = { beforeLogIn: 1_024, afterLogIn: 4_096 }

type Options = {
  devices: Devices
  limits: Limits
  telemetry: TelemetryIntake
  connectionsPerDevice: number
  /** More are closed at once. */
  maxConnections: number
  host: string
  port: number
}

/**
 * A broker in the process, for development and small shops: nothing to install. MQTT 3.1.1. A device logs in with
 * its id and key; it may read the flags of its own store and publish its own telemetry.
 */
export function embeddedBroker({
  devices,
  limits,
  telemetry,
  connectionsPerDevice,
  maxConnections,
  host,
  port,
}: Options): Broker {
  const sessions = new MqttSessions(devices, connectionsPerDevice)
  const loggedIn = new WeakMap<object, string>()
  const sockets = new Map<object, Socket>()
  const filters = new WeakMap<object, Set<string>>()
  const server = createServer()
  server.maxConnections = maxConnections
  let aedes: Aedes | undefined

  /** Without a name, and yet with a wish for its session to be found again. */
  const nameless = new WeakSet<object>()

  const preConnect: NonNullable<AedesOptions['preConnect']> = (client, packet, done) => {
    if (packet.clientId === '' && !packet.clean) nameless.add(client.conn)
    // Retained flags are the newest state: keeping old ones for who is away would only fill the memory.
    packet.clean = true
    done(null, true)
  }
  const authenticate: NonNullable<AedesOptions['authenticate']> = (client, username, password, done) => {
    const socket = sockets.get(client.conn)
    const credential = logIn(devices, username, password?.toString())
    if (!socket || !credential) {
      const waitS = limits.badKey(socket?.remoteAddress ?? '')
      return done(refusal(waitS > 0 ? REFUSED.SERVER_UNAVAILABLE : REFUSED.NOT_AUTHORIZED), false)
    }
    if (nameless.has(client.conn)) return done(refusal(REFUSED.IDENTIFIER_REJECTED), false)
    const { id } = credential.device
    // Client ids are of a device: nobody ends another's session by taking its name.
    client.id = `${id}/${client.id}`
    if (limits.device(id) > 0 || !sessions.hasRoom(id, client.id))
      return done(refusal(REFUSED.SERVER_UNAVAILABLE), false)
    sessions.add({ socket, credential, clientId: client.id })
    loggedIn.set(client.conn, id)
    done(null, true)
  }
  const deviceOf = (conn: object): Device | undefined => {
    const id = loggedIn.get(conn)
    return id === undefined ? undefined : devices.byId(id)
  }
  const authorizeSubscribe: NonNullable<AedesOptions['authorizeSubscribe']> = (client, wanted, done) => {
    const device = deviceOf(client.conn)
    const mine = filters.get(client.conn) ?? new Set()
    filters.set(client.conn, mine)
    const hasRoom = mine.has(wanted.topic) || mine.size < MAX_FILTERS
    const allowed = device !== undefined && hasRoom && mayUse(device, 'subscribe', wanted.topic)
    if (allowed) mine.add(wanted.topic)
    // A subscription that is refused is answered with 0x80, and the client stays connected.
    done(null, allowed ? wanted : null)
  }
  // The broker acknowledges after this, and closes the connection for an error: MQTT 3.1.1 has no other refusal.
  const authorizePublish: NonNullable<AedesOptions['authorizePublish']> = async (client, packet, done) => {
    const device = client && deviceOf(client.conn)
    if (!device || !mayUse(device, 'publish', packet.topic)) {
      tellTelemetry('forbidden')
      return done(new Error('not a topic of this device'))
    }
    packet.retain = false
    const body = Buffer.from(packet.payload)
    const { outcome } = await telemetry(device, body, formatOf(body))
    tellTelemetry(outcome)
    done(outcome === 'unavailable' ? new Error('telemetry cannot be passed on now') : null)
  }

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
      broker.on('unsubscribe', (topics, { conn }) => {
        for (const topic of topics) filters.get(conn)?.delete(topic)
      })
      server.on('connection', (socket) => {
        sockets.set(socket, socket)
        socket.setKeepAlive(true, TCP_KEEP_ALIVE_MS)
        socket.on('close', () => sockets.delete(socket))
        const read = createFrameReader((type, bytes) => isWithinLimits(socket, type, bytes))
        socket.on('data', (chunk) => read(chunk) || socket.destroy())
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
      for (const socket of sockets.values()) socket.destroy()
      await closed
    },
  }

  /** Of a packet that begins. Acknowledgements are as many as the flags that were sent: they have a limit of their own. */
  function isWithinLimits(socket: Socket, type: number, bytes: number): boolean {
    const id = loggedIn.get(socket)
    if (id === undefined) return bytes <= MAX_PACKET_BYTES.beforeLogIn
    if (bytes > MAX_PACKET_BYTES.afterLogIn) return false
    return (type === PACKET.PUBACK ? limits.acknowledgement(id) : limits.device(id)) === 0
  }
}

const refusal = (returnCode: number): AuthenticateError =>
  Object.assign(new Error('the device is not let in'), { returnCode })
