import { Toast } from '@base-ui/react/toast'
import { Outlet } from '@tanstack/react-router'
import { Notice } from '../session/notice.tsx'
import { Toasts } from '../ui/toast-list.tsx'
import { toasts } from '../ui/toasts.ts'
import { Header } from './header.tsx'
import './shell.css'

/** What is around every page. */
export const Shell = () => (
  <Toast.Provider toastManager={toasts}>
    <a className="skip" href="#content">
      Skip to the content
    </a>
    <Header />
    <Notice />
    <main id="content" tabIndex={-1}>
      <Outlet />
    </main>
    <footer className="site-footer">
      <span>Harbor Commerce</span>
      <span>A demo shop over seventeen domain services.</span>
    </footer>
    <Toasts />
  </Toast.Provider>
)
