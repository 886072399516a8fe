import { optionalHttpAddress, setting } from '@harbor/shared-runtime/config'
import { z } from 'zod'

/** The settings of a BFF that are about telemetry. */
export const telemetrySettings = {
  OTEL_EXPORTER_OTLP_ENDPOINT: optionalHttpAddress(
    'OpenTelemetry collector (OTLP over HTTP) that gets traces at /v1/traces; none are exported when not set.',
  ),
  TRACE_SAMPLE_RATIO: setting(
    z
      .string()
      .regex(/^(0|1|0\.\d{1,6})$/)
      .transform(Number)
      .default(0.01),
    {
      about:
        'Share of traces that are exported, and that upstreams are told to sample. Failed, degraded and slow requests are exported in any case, and so is a trace that its consumer samples.',
      allowed: 'a number from 0 to 1 with at most 6 decimals',
    },
  ),
}
