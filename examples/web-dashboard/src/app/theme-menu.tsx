import { Menu } from '@base-ui/react/menu'
import { useState } from 'react'
import { HalfMoon } from '../ui/icons.tsx'
import { words } from '../ui/words.ts'
import { applyTheme, chosenTheme, THEMES } from './theme.ts'

export function ThemeMenu() {
  const [theme, setTheme] = useState(chosenTheme)
  const choose = (next: string) => {
    const found = THEMES.find((one) => one === next) ?? 'system'
    applyTheme(found)
    setTheme(found)
  }
  return (
    <Menu.Root>
      <Menu.Trigger className="icon-button" aria-label="Colours">
        <HalfMoon />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner align="end" sideOffset={6}>
          <Menu.Popup className="menu">
            <Menu.RadioGroup value={theme} onValueChange={choose}>
              {THEMES.map((one) => (
                <Menu.RadioItem key={one} value={one} className="menu-item">
                  {words(one)}
                  <Menu.RadioItemIndicator>✓</Menu.RadioItemIndicator>
                </Menu.RadioItem>
              ))}
            </Menu.RadioGroup>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  )
}
