import { getRouteApi } from '@tanstack/react-router'
import { Catalogue } from '../gen/operations.ts'
import { usePublicPages } from '../graph/use-public.ts'
import { CategoryLinks, useCategoryName } from './category-links.tsx'
import { ProductGrid } from './product-grid.tsx'

const route = getRouteApi('/categories/$id')

export function CategoryPage() {
  const { id } = route.useParams()
  const name = useCategoryName(id) ?? 'Category'
  const pages = usePublicPages(Catalogue, { category: id, first: 24 }, ({ catalogue }) => catalogue)
  return (
    <>
      <title>{`${name} · Harbor Commerce`}</title>
      <CategoryLinks />
      <header className="list-head">
        <h1>{name}</h1>
        {pages.total != null && <p className="muted">{pages.total.toLocaleString()} products</p>}
      </header>
      <ProductGrid pages={pages} what="The catalogue" none="There is nothing in this category." />
    </>
  )
}
