import { useNavigate, useSearch } from '@tanstack/react-router'
import { Search } from '../ui/icons.tsx'
import './search.css'

/** Longer is refused by the graph. */
const MAX_CHARACTERS = 100

export function SearchForm() {
  const navigate = useNavigate()
  const { words = '' } = useSearch({ strict: false })
  return (
    // biome-ignore lint/a11y/useSemanticElements: browsers of 2024 do not know <search> yet
    <form
      key={words}
      role="search"
      className="search-form"
      onSubmit={(event) => {
        event.preventDefault()
        const asked = String(new FormData(event.currentTarget).get('words') ?? '').trim()
        if (asked !== '') void navigate({ to: '/search', search: { words: asked } })
      }}
    >
      <Search />
      <input
        type="search"
        name="words"
        aria-label="Search the shop"
        placeholder="Search the shop"
        maxLength={MAX_CHARACTERS}
        defaultValue={words}
      />
    </form>
  )
}
