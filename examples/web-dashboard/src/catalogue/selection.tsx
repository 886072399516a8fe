import { Catalogue } from '../gen/operations.ts'
import { usePublicPages } from '../graph/use-public.ts'
import { CategoryLinks } from './category-links.tsx'
import { ProductGrid } from './product-grid.tsx'

/** The whole shop, page by page. */
export function Selection() {
  const pages = usePublicPages(Catalogue, { first: 20 }, ({ catalogue }) => catalogue)
  return (
    <section>
      <h2>Browse the shop</h2>
      <CategoryLinks />
      <ProductGrid pages={pages} what="The catalogue" none="The shop is empty." />
    </section>
  )
}
