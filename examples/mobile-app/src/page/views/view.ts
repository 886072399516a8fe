import type { MobileClient } from '../../client.ts'
import { KEPT_HEADER } from '../../etags.ts'
import type { Catalogue } from '../catalogue.ts'
import { button, el, quiet } from '../elements.ts'
import { goToLogIn } from '../session.ts'
import type { Words } from '../words.ts'

/** What a view is given. */
export type App = {
  client: MobileClient
  catalogue: Catalogue
  words: Words
  locale: string
  /** Says something for a few seconds. */
  notify(text: string): void
  /** Shows the number at the cart. */
  showItems(items: number | undefined): void
  /** Shows the current view anew. */
  refresh(): Promise<void>
}

/** What is shown of a route. @throws without a network and without anything kept */
export type View = (app: App, parameter: string) => Promise<readonly Node[]>

/** Says that what is shown was kept, and may be old. */
export const keptNote = ({ headers }: { headers: Headers }, words: Words): Node[] =>
  headers.get(KEPT_HEADER) === 'offline' ? [el('p', { className: 'note' }, words.asLastSeen)] : []

/** What is shown instead of an answer that is none. */
export function problemView({ words, refresh }: App, status?: number): readonly Node[] {
  if (status === 401)
    return [
      el('img', { className: 'mark', src: '/icon.svg', alt: '' }),
      el('h1', {}, words.welcome),
      quiet(words.welcomeMore),
      button(words.logIn, goToLogIn),
    ]
  const text = status === undefined ? words.noNetwork : status === 404 ? words.unknown : words.unavailable
  return [el('h1', {}, 'Harbor'), quiet(text), button(words.tryAgain, refresh, 'plain')]
}
