import { standardOutput } from '@harbor/shared-runtime/log/output'
import { collectDefaultMetrics, Gauge, type Registry } from 'prom-client'

/** Milliseconds between samples of the event-loop delay. */
const LOOP_PRECISION_MS = 20

/** CPU, memory, garbage collection, event-loop delay, open files, and log lines that were lost. */
export function processMetrics(registry: Registry): void {
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: LOOP_PRECISION_MS })
  new Gauge({
    name: 'harbor_log_lines_dropped',
    help: 'Lines of the log that could not be written since the process started.',
    registers: [registry],
    collect() {
      this.set(standardOutput().state().lostLines)
    },
  })
}
