import { open, realpath, rename, stat } from 'node:fs/promises'
import type { Log } from '@harbor/shared-runtime/log'
import type { Devices } from './registry.ts'
import { loadRegistry, readRegistry, writtenRegistry } from './registry-file.ts'
import type { Change, DeviceStore } from './store.ts'

/** How often it is asked whether the file was changed by hand. */
const LOOK_MS = 400

type Options = { devices: Devices; file: string | undefined; log: Log }

/**
 * Devices in a JSON file, for one process: replicas share a Redis (redis-store.ts). Without a file, the demo's:
 * what is changed then ends with the process.
 */
export function fileStore({ devices, file, log }: Options): DeviceStore {
  let looking: NodeJS.Timeout | undefined
  let seen = ''
  /** Updates wait for each other, and for a look at the file: each reads what the one before has written. */
  let last: Promise<unknown> = Promise.resolve()

  return {
    async open() {
      devices.replace(await loadRegistry(file))
      if (file === undefined) return
      seen = await fingerprint(file)
      looking = setInterval(() => inTurn(() => look(file)), LOOK_MS).unref()
    },
    update: (id, change) => inTurn(() => update(id, change)),
    close: () => clearInterval(looking),
  }

  function inTurn(work: () => Promise<void>): Promise<void> {
    const done = last.then(work)
    last = done.catch(() => {})
    return done
  }

  async function update(id: string, change: Change) {
    if (file !== undefined) devices.replace(await readRegistry(file))
    const changed = change(devices.records.get(id))
    const records = new Map(devices.records)
    if (changed) records.set(id, changed)
    else records.delete(id)
    if (file !== undefined) await write(file, writtenRegistry(records.values()))
    devices.put(id, changed)
  }

  async function write(path: string, content: string) {
    // A link stays a link; and whoever reads at this moment reads the old file or the new one.
    const target = await realpath(path)
    const temporary = `${target}.new`
    const handle = await open(temporary, 'w', 0o600)
    try {
      await handle.writeFile(content)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temporary, target)
    seen = await fingerprint(path)
  }

  async function look(path: string) {
    try {
      const now = await fingerprint(path)
      if (now === seen) return
      seen = now
      devices.replace(await readRegistry(path))
      log.info({ file }, 'the device registry was read again')
    } catch (err) {
      log.error({ file, err }, 'the device registry cannot be read: the one before stays')
    }
  }
}

async function fingerprint(file: string): Promise<string> {
  const { mtimeMs, size, ino } = await stat(file)
  return `${mtimeMs} ${size} ${ino}`
}
