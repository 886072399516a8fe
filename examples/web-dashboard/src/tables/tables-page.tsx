import { getRouteApi, Link } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { NotFound } from '../app/page-error.tsx'
import { LogInFirst } from '../session/log-in-first.tsx'
import { SignedIn, useSession } from '../session/signed-in.tsx'
import { Empty } from '../ui/empty.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { TableView } from './table-view.tsx'
import { TABLES } from './views/index.ts'
import './tables.css'

const route = getRouteApi('/tables/$table')

/** The tables of the administration, one at a time. */
export function TablesPage() {
  const { table: name } = route.useParams()
  const table = TABLES.get(name)
  if (!table) return <NotFound />
  return (
    <>
      <title>{`${table.title} · Harbor Commerce`}</title>
      <SignedIn forRole="staff" otherwise={<ForStaff />} meanwhile={<Skeleton lines={12} />}>
        <TableLinks current={name} />
        <TableView key={name} name={name} table={table} />
      </SignedIn>
    </>
  )
}

function TableLinks({ current }: { current: string }) {
  const nav = useRef<HTMLElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another table is another link to show
  useEffect(() => {
    const { offsetLeft = 0 } = nav.current?.querySelector<HTMLElement>('[aria-current]') ?? {}
    nav.current?.scrollTo({ left: offsetLeft - nav.current.clientWidth / 2 })
  }, [current])
  return (
    <nav aria-label="Tables" className="table-links" ref={nav}>
      {[...TABLES].map(([name, { title }]) => (
        <Link key={name} to="/tables/$table" params={{ table: name }}>
          {title}
        </Link>
      ))}
    </nav>
  )
}

function ForStaff() {
  const { session } = useSession()
  if (session.state !== 'user') return <LogInFirst what="the tables" />
  return (
    <Empty title="The tables are for staff.">
      <p>You are logged in as {session.name}, who has no such role.</p>
    </Empty>
  )
}
