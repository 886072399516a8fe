import type { ReactNode } from 'react'

/** Drawings beside a word or a label: nothing that a screen reader says. */
const icon = (drawing: ReactNode) => () => (
  <svg className="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    {drawing}
  </svg>
)

export const Anchor = icon(
  <path d="M12 8a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5Zm0 0v13M8 12h8M4 14c.3 4 3.500 7 8 7s7.700-3 8-7" />,
)
export const CartIcon = icon(
  <path d="M3 4h2.200l2.300 11.200h10.200L20 7.500H6M9 20.200h.01M17 20.200h.01" />,
)
export const Cross = icon(<path d="M6 6l12 12M18 6 6 18" />)
export const Person = icon(
  <path d="M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.500 20.500c.8-3.600 3.800-5.500 7.500-5.500s6.700 1.900 7.500 5.500" />,
)
export const HalfMoon = icon(
  <path d="M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Zm0 0v18M12 8l6-2M12 13l8.500-2M12 18l6-2" />,
)
export const Warning = icon(<path d="M12 4 2.800 20h18.400L12 4Zm0 6v4.500m0 2.700v.01" />)
export const Search = icon(
  <path d="m20 20-4.300-4.300M17 10.500a6.500 6.500 0 1 1-13 0 6.500 6.500 0 0 1 13 0Z" />,
)
export const Bell = icon(<path d="M6 16.500V11a6 6 0 1 1 12 0v5.500l1.500 2h-15l1.500-2ZM10 21.200h4" />)
