import { Menu } from '@base-ui/react/menu'
import { Person } from '../ui/icons.tsx'
import { LogInLink } from './log-in-link.tsx'
import { useSession } from './signed-in.tsx'
import { logOut } from './store.ts'

/** Who is logged in, and how to change that. */
export function Account() {
  const { session } = useSession()
  if (session.state === 'unknown') return <span className="account-placeholder" />
  if (session.state === 'nobody') return <LogInLink />
  return (
    <Menu.Root>
      <Menu.Trigger className="button quiet" id="user">
        <Person />
        <span className="on-wide">{session.name}</span>
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner align="end" sideOffset={6}>
          <Menu.Popup className="menu">
            <p className="menu-note">{session.roles.join(', ') || 'no role'}</p>
            <Menu.Item className="menu-item" onClick={() => void logOut(false)}>
              Log out
            </Menu.Item>
            <Menu.Item className="menu-item" onClick={() => void logOut(true)}>
              Log out everywhere
            </Menu.Item>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  )
}
