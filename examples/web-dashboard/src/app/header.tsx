import { Link } from '@tanstack/react-router'
import { Account } from '../session/account.tsx'
import { Anchor, CartIcon } from '../ui/icons.tsx'
import { ThemeMenu } from './theme-menu.tsx'

export const Header = () => (
  <header className="site-header">
    <Link to="/" className="brand">
      <Anchor /> Harbor
    </Link>
    <nav aria-label="Main">
      <Link to="/" activeOptions={{ exact: true }}>
        Shop
      </Link>
      <Link to="/orders">Orders</Link>
    </nav>
    <div className="header-tools">
      <ThemeMenu />
      <Link to="/cart" className="icon-button" aria-label="Cart">
        <CartIcon />
      </Link>
      <Account />
    </div>
  </header>
)
