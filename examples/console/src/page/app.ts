import '../../../web-dashboard/src/styles/tokens.css'
import './style.css'
import { showCuts } from './cuts-view.ts'
import { showRoom } from './room-view.ts'

/** A view fills the page; `leave` ends what it has running. */
export type View = { title: string; show(into: HTMLElement): () => void }

const VIEWS = new Map([
  ['#/', showCuts],
  ['#/room', showRoom],
])

let leave = () => {}

function show(): void {
  leave()
  const view = VIEWS.get(location.hash) ?? showCuts
  const into = document.querySelector<HTMLElement>('#view')
  if (into === null) throw new Error('the page has no #view')
  document.title = `${view.title} · Harbor console`
  for (const link of document.querySelectorAll<HTMLAnchorElement>('nav a'))
    link.ariaCurrent = link.hash === (location.hash || '#/') ? 'page' : null
  into.replaceChildren()
  leave = view.show(into)
}

addEventListener('hashchange', () => {
  show()
  document.querySelector<HTMLElement>('#view')?.focus()
})
show()
