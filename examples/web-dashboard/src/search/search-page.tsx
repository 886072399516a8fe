import { getRouteApi } from '@tanstack/react-router'
import { ProductGrid } from '../catalogue/product-grid.tsx'
import { SearchProducts } from '../gen/operations.ts'
import { usePublicPages } from '../graph/use-public.ts'
import { Empty } from '../ui/empty.tsx'

const route = getRouteApi('/search')

export function SearchPage() {
  const { words } = route.useSearch()
  if (words === '')
    return <Empty title="What are you looking for?">Type a word or two in the search field.</Empty>
  return <Found words={words} />
}

function Found({ words }: { words: string }) {
  const pages = usePublicPages(SearchProducts, { words, first: 24 }, ({ search }) => search)
  return (
    <>
      <title>{`${words} · Harbor Commerce`}</title>
      <header className="list-head">
        <h1>“{words}”</h1>
        {pages.total != null && <p className="muted">{pages.total.toLocaleString()} products</p>}
      </header>
      <ProductGrid
        pages={pages}
        what="The search"
        none={`Nothing has the words “${words}”. Try fewer or others.`}
      />
    </>
  )
}
