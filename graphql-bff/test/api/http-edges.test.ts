import { httpPart } from '@harbor/shared-runtime/http-server'
import { holdsHttpEdges } from '@harbor/shared-testing/http-edges'
import { afterAll, beforeAll } from 'vitest'
import { testApp } from '../test-app.ts'

const { app } = testApp()
const part = httpPart({ name: 'http', host: '127.0.0.1', port: 0, portSetting: 'PORT', fetch: app.fetch })
let port = 0
beforeAll(async () => {
  port = Number(new URL((await part.start()) ?? '').port)
})
afterAll(() => part.stop())

holdsHttpEdges('web', { port: () => port, path: '/session', headers: ['x-csrf: 1'], allow: 'GET' })
holdsHttpEdges('web page parts', { port: () => port, path: '/operations.json', allow: 'GET, HEAD' })
