import { Menu } from '@base-ui/react/menu'
import type { ShownColumn } from './table.ts'

type Props = {
  columns: readonly ShownColumn[]
  hidden: readonly string[]
  onChange: (name: string, isShown: boolean) => void
}

/** Which columns are shown. The first one stays: it opens the row. */
export const ColumnMenu = ({ columns, hidden, onChange }: Props) => (
  <Menu.Root>
    <Menu.Trigger className="button small">Columns</Menu.Trigger>
    <Menu.Portal>
      <Menu.Positioner align="end" sideOffset={6}>
        <Menu.Popup className="menu">
          {columns.slice(1).map(({ name }) => (
            <Menu.CheckboxItem
              key={name}
              className="menu-item"
              checked={!hidden.includes(name)}
              onCheckedChange={(isShown) => onChange(name, isShown)}
            >
              {name}
              <Menu.CheckboxItemIndicator>✓</Menu.CheckboxItemIndicator>
            </Menu.CheckboxItem>
          ))}
        </Menu.Popup>
      </Menu.Positioner>
    </Menu.Portal>
  </Menu.Root>
)
