import { Pool } from 'undici'
import { ADDRESSES, type Get } from './duties.ts'

const pools = new Map(
  Object.entries(ADDRESSES).map(([service, address]) => [service, new Pool(address, { connections: 64 })]),
)

/** Reads by undici's `Pool.request`: the cheapest client that its documentation recommends. */
export const getByPool: Get = async (service, path, token) => {
  const pool = pools.get(service)
  if (pool === undefined) throw new TypeError(`${service}: no address`)
  const { statusCode, body } = await pool.request({
    method: 'GET',
    path,
    headers: { accept: 'application/json', authorization: `Bearer ${token}` },
  })
  if (statusCode !== 200) throw new Error(`${service}: status ${statusCode}`)
  return body.json()
}
