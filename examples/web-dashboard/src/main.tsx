import './styles/tokens.css'
import './styles/base.css'
import './styles/controls.css'
import './styles/states.css'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { router } from './app/router.tsx'
import { applyTheme } from './app/theme.ts'
import { watchSession } from './session/store.ts'

applyTheme()
watchSession()
const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')
createRoot(root).render(
  <StrictMode>
    <RouterProvider router={router} />
  </StrictMode>,
)
