import { Link, useMatch } from '@tanstack/react-router'

/** The way to the tables, marked while any of them is shown. */
export function TablesLink() {
  const isThere = useMatch({ from: '/tables/$table', shouldThrow: false }) !== undefined
  return (
    <Link to="/tables/$table" params={{ table: 'products' }} aria-current={isThere ? 'page' : undefined}>
      Tables
    </Link>
  )
}
