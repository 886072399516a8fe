import { useSession } from './signed-in.tsx'

/** What has happened to the session without the user having done it. */
export function Notice() {
  const { notice } = useSession()
  return (
    <p className="notice" role="status" hidden={notice === ''}>
      {notice}
    </p>
  )
}
