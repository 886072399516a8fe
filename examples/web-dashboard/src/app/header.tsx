import { Link } from '@tanstack/react-router'
import { CartLink } from '../cart/cart-link.tsx'
import { BellLink } from '../notifications/bell-link.tsx'
import { SearchForm } from '../search/search-form.tsx'
import { Account } from '../session/account.tsx'
import { SignedIn } from '../session/signed-in.tsx'
import { TablesLink } from '../tables/tables-link.tsx'
import { Anchor } from '../ui/icons.tsx'
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
      <SignedIn forRole="customer">
        <Link to="/orders">Orders</Link>
      </SignedIn>
      <SignedIn forRole="staff">
        <TablesLink />
      </SignedIn>
    </nav>
    <SearchForm />
    <div className="header-tools">
      <ThemeMenu />
      <SignedIn forRole="customer">
        <BellLink />
      </SignedIn>
      <CartLink />
      <Account />
    </div>
  </header>
)
