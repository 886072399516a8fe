import { Link } from '@tanstack/react-router'

type Line = { readonly name: string; readonly sku: string; readonly product: { readonly id: string } | null }

/** The name of what a line is of, as a link where the product can be had. */
export const LineName = ({ line: { name, sku, product } }: { line: Line }) => (
  <div>
    {product ? (
      <Link to="/products/$id" params={{ id: product.id }}>
        {name}
      </Link>
    ) : (
      name
    )}
    <small>{sku}</small>
  </div>
)
