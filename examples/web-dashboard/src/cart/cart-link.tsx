import { Link } from '@tanstack/react-router'
import { CartSize } from '../gen/operations.ts'
import { SignedIn } from '../session/signed-in.tsx'
import { usePrivate } from '../session/use-private.ts'
import { CartIcon } from '../ui/icons.tsx'

/** The way to the cart, with how many pieces are in it where that is known. */
export const CartLink = () => (
  <SignedIn forRole="customer" otherwise={<Way pieces={0} />} meanwhile={<Way pieces={0} />}>
    <OwnCart />
  </SignedIn>
)

function OwnCart() {
  const { data } = usePrivate(CartSize, {})
  const lines = data?.data.viewer?.cart?.lines ?? []
  return <Way pieces={lines.reduce((sum, { quantity }) => sum + quantity, 0)} />
}

const Way = ({ pieces }: { pieces: number }) => (
  <Link to="/cart" className="icon-button" aria-label={pieces > 0 ? `Cart, ${pieces} pieces` : 'Cart'}>
    <CartIcon />
    {pieces > 0 && <span className="count">{pieces}</span>}
  </Link>
)
