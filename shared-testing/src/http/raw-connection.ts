import net from 'node:net'

/** A raw TCP connection to 127.0.0.1 that sends `text` and records what arrives until it is closed. */
export function connect(port: number, text = '') {
  const socket = net.connect(port, '127.0.0.1')
  const start = performance.now()
  let heard = ''
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    heard += chunk
  })
  socket.write(text)
  const closed = new Promise<{ heard: string; ms: number }>((resolve) =>
    socket.on('error', () => {}).once('close', () => resolve({ heard, ms: performance.now() - start })),
  )
  return { socket, closed, heard: () => heard }
}
