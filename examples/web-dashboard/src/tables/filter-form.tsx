import { useEffect, useId, useRef } from 'react'
import { words } from '../ui/words.ts'
import type { FilterField } from './table.ts'

type Filter = Readonly<Record<string, string>>
type Props = { fields: readonly FilterField[]; filter: Filter; onChange: (filter: Filter) => void }

/** Longer is refused by the graph. */
const MAX_CHARACTERS = 100

export function FilterForm({ fields, filter, onChange }: Props) {
  const form = useRef<HTMLFormElement>(null)
  // Back and forward change them, too.
  useEffect(() => {
    for (const element of form.current?.elements ?? [])
      if (element instanceof HTMLInputElement || element instanceof HTMLSelectElement)
        element.value = filter[element.name] ?? ''
  }, [filter])
  const given = (form: HTMLFormElement): Filter =>
    Object.fromEntries(
      [...new FormData(form)]
        .map(([name, value]) => [name, String(value).trim()])
        .filter(([, value]) => value),
    )
  return (
    <form
      ref={form}
      className="filters"
      onSubmit={(event) => {
        event.preventDefault()
        onChange(given(event.currentTarget))
      }}
    >
      {fields.map((field) => (
        <Field key={field.name} field={field} given={filter[field.name] ?? ''} />
      ))}
      <button type="submit" className="button">
        Filter
      </button>
      {Object.keys(filter).length > 0 && (
        <button type="button" className="button quiet" onClick={() => onChange({})}>
          Clear
        </button>
      )}
    </form>
  )
}

function Field({
  field: { name, label, words: choices, hint },
  given,
}: {
  field: FilterField
  given: string
}) {
  const id = useId()
  return (
    <div>
      <label htmlFor={id}>{label}</label>
      {choices ? (
        <select
          id={id}
          name={name}
          className="input"
          defaultValue={given}
          onChange={(event) => event.currentTarget.form?.requestSubmit()}
        >
          <option value="">All</option>
          {choices.map((word) => (
            <option key={word} value={word}>
              {words(word)}
            </option>
          ))}
        </select>
      ) : (
        <input
          id={id}
          name={name}
          className="input"
          placeholder={hint}
          maxLength={MAX_CHARACTERS}
          defaultValue={given}
        />
      )}
    </div>
  )
}
