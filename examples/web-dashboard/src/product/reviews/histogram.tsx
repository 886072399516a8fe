import { Meter } from '@base-ui/react/meter'

const STARS = [5, 4, 3, 2, 1]

/** How many gave five stars, four, … one. @param counts from one star to five */
export function Histogram({ counts }: { counts: readonly number[] }) {
  const most = Math.max(1, ...counts)
  return (
    <div className="histogram">
      {STARS.map((stars) => (
        <Meter.Root key={stars} value={counts[stars - 1] ?? 0} max={most} className="histogram-row">
          <Meter.Label>{stars} ★</Meter.Label>
          <Meter.Track className="histogram-track">
            <Meter.Indicator className="histogram-bar" />
          </Meter.Track>
          <Meter.Value>{() => counts[stars - 1] ?? 0}</Meter.Value>
        </Meter.Root>
      ))}
    </div>
  )
}
