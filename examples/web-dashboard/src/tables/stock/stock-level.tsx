import { useEffect, useRef, useState } from 'react'
import { type Level, placeOf, useAdjustStock } from './use-adjust-stock.ts'

/** More than any warehouse holds, and within what the graph takes. */
const MOST = 1_000_000_000

/** How many there are; a field to set it in its place once it is chosen. Enter sets it, Escape leaves it. */
export function StockLevel({ level }: { level: Level }) {
  const { adjust, isBusy } = useAdjustStock()
  const [isOpen, setOpen] = useState(false)
  const [sent, setSent] = useState<number>()
  const button = useRef<HTMLButtonElement>(null)
  const returns = useRef(false)
  useEffect(() => {
    if (isOpen || !returns.current) return
    returns.current = false
    button.current?.focus()
  }, [isOpen])
  const close = () => {
    returns.current = true
    setOpen(false)
  }

  if (!isOpen) {
    const shown = (isBusy ? sent : undefined) ?? level.available
    return (
      <button
        type="button"
        ref={button}
        className="row-button"
        aria-label={`${shown.toLocaleString()} of ${placeOf(level)}: change`}
        aria-busy={isBusy}
        onClick={() => setOpen(true)}
      >
        {shown.toLocaleString()}
      </button>
    )
  }
  return (
    <form
      className="stock-form"
      onSubmit={(event) => {
        event.preventDefault()
        const available = Number(new FormData(event.currentTarget).get('available'))
        setSent(available)
        close()
        void adjust({ ...level, available }, level.available)
      }}
    >
      <input
        // biome-ignore lint/a11y/noAutofocus: it takes the place of the button that was pressed
        autoFocus
        name="available"
        type="number"
        className="input"
        aria-label={`Stock of ${placeOf(level)}`}
        required
        min={0}
        max={MOST}
        step={1}
        defaultValue={level.available}
        onFocus={(event) => event.currentTarget.select()}
        onKeyDown={(event) => event.key === 'Escape' && close()}
        onBlur={() => setOpen(false)}
      />
    </form>
  )
}
