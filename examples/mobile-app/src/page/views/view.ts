import type { Account } from '../../account.ts'
import type { MobileClient } from '../../client.ts'
import { KEPT_HEADER } from '../../etags.ts'
import type { Catalogue } from '../catalogue.ts'
import { button, el, quiet } from '../elements.ts'
import { goToLogIn } from '../log-in.ts'
import type { Words } from '../words.ts'

/** What a view is given. */
export type App = {
  client: MobileClient
  account: Account
  catalogue: Catalogue
  words: Words
  locale: string
  /** Shows a message for a few seconds. */
  notify(text: string): void
  /** Shows how many items the cart has. */
  showItems(items: number | undefined): void
  /** Loads and shows the current view again. */
  refresh(): Promise<void>
}

/** What a route shows. @throws without a network when nothing is stored, and when the account has ended */
export type View = (app: App, parameter: string) => Promise<readonly Node[]>

/** Says that what is shown was stored earlier, and may be out of date. */
export const keptNote = ({ headers }: { headers: Headers }, words: Words): Node[] =>
  headers.get(KEPT_HEADER) === 'offline' ? [el('p', { className: 'note' }, words.asLastSeen)] : []

/** What is shown when there is no usable answer. */
export function problemView({ words, refresh }: App, status?: number): readonly Node[] {
  if (status === 401)
    return [
      el('img', { className: 'mark', src: '/icon.svg', alt: '' }),
      el('h1', {}, words.welcome),
      quiet(words.welcomeMore),
      button(words.logIn, goToLogIn),
    ]
  const text = status === undefined ? words.noNetwork : status === 404 ? words.unknown : words.unavailable
  return [el('h1', { className: 'problem' }, 'Harbor'), quiet(text), button(words.tryAgain, refresh, 'plain')]
}
