import { Link } from '@tanstack/react-router'
import { Categories } from '../gen/operations.ts'
import { factsOf } from '../graph/problem.ts'
import { usePublic } from '../graph/use-public.ts'
import { Degraded } from '../ui/degraded.tsx'
import './catalogue.css'

/** Every category of the shop, as links. */
export function CategoryLinks() {
  const query = usePublic(Categories, {})
  if (query.isPending) return <div className="categories" aria-hidden="true" />
  const categories = query.data?.data.categories
  if (!categories)
    return (
      <Degraded
        what="The categories"
        why={query.isError ? factsOf(query.error) : query.data.missing[0]}
        onRetry={() => void query.refetch()}
      />
    )
  return (
    <nav className="categories" aria-label="Categories">
      {categories.map(
        (category) =>
          category && (
            <Link key={category.id} to="/categories/$id" params={{ id: category.id }}>
              {category.name} <small>{category.productCount}</small>
            </Link>
          ),
      )}
    </nav>
  )
}

/** The name of a category, when the categories are known. */
export function useCategoryName(id: string): string | undefined {
  const { data } = usePublic(Categories, {})
  return data?.data.categories?.find((category) => category?.id === id)?.name
}
