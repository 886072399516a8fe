import { readFile } from 'node:fs/promises'
import { StartError } from '@harbor/shared-runtime/part'
import { z } from 'zod'
import { DeviceRecord } from './record.ts'

const RegistryFile = z.object({ devices: z.array(DeviceRecord) })

/** The devices of the demo, with keys that anybody can read. */
const DEMO_FILE = new URL('../../devices.demo.json', import.meta.url)

/**
 * Reads the device registry that a process starts with; without a file, the demo's.
 * @throws {StartError} that names `DEVICES_FILE` and what is wrong in the file
 */
export async function loadRegistry(file: string | undefined): Promise<DeviceRecord[]> {
  try {
    return await readRegistry(file ?? DEMO_FILE)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new StartError(
      `DEVICES_FILE ${JSON.stringify(file ?? 'demo')} is not a device registry:\n${reason}`,
    )
  }
}

/** @throws an error that says what is wrong in the file */
export async function readRegistry(file: string | URL): Promise<DeviceRecord[]> {
  const parsed = RegistryFile.safeParse(JSON.parse(await readFile(file, 'utf8')))
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error))
  const ids = new Set<string>()
  for (const { id } of parsed.data.devices) {
    if (ids.has(id)) throw new Error(`the device ${id} is there twice`)
    ids.add(id)
  }
  return parsed.data.devices
}

/** What such a file holds. */
export const writtenRegistry = (devices: Iterable<DeviceRecord>): string =>
  `${JSON.stringify({ devices: [...devices] }, null, 2)}\n`
