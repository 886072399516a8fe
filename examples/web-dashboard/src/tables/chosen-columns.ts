import { useState } from 'react'

/** The columns that the user has hidden, by table, as this browser remembers them. */
const keyOf = (table: string): string => `hidden-columns:${table}`

function remembered(table: string): readonly string[] {
  try {
    const names: unknown = JSON.parse(localStorage.getItem(keyOf(table)) ?? '[]')
    return Array.isArray(names) ? names.map(String) : []
  } catch {
    return []
  }
}

/** The hidden columns of a table, and how to hide or show one. */
export function useHiddenColumns(table: string) {
  const [hidden, setHidden] = useState(() => remembered(table))
  const setShown = (name: string, isShown: boolean) => {
    const next = isShown ? hidden.filter((one) => one !== name) : [...hidden, name]
    localStorage.setItem(keyOf(table), JSON.stringify(next))
    setHidden(next)
  }
  return { hidden, setShown }
}
