import { button, el } from '@harbor/example-mobile-app/elements'
import type { Cut, Exchange, Face, Failure } from '../cuts/cut.ts'
import type { View } from './app.ts'
import { ask, wordsOf } from './ask.ts'
import { say } from './said.ts'

const NAMES: Readonly<Record<Face, { title: string; about: string }>> = {
  web: { title: 'Web dashboard', about: 'GraphQL, everything a page shows in one answer' },
  mobile: { title: 'Mobile app', about: 'REST, a name, a price and whether it is there' },
  device: { title: 'Shelf label', about: 'CoAP, one character' },
}

const AGAIN_MS = 250
/** By then every face has heard of a change, or something is wrong. */
const FOLLOWS_WITHIN_MS = 5_000

type Answers = (Cut | Failure)[]

/** One product as three kinds of consumer get it, from the same services. */
export const showCuts: View = {
  title: 'One fabric, three cuts',
  show(into) {
    let isLeft = false
    const cards = el(
      'div',
      { className: 'cuts' },
      ...Object.keys(NAMES).map((face) => skeleton(face as Face)),
    )
    const sellOut = button('Sell it out', () => change(0))
    const restock = button('Fill the shelves', () => change(120), 'second')
    const followed = el('p', { className: 'followed', role: 'status' })
    into.append(
      el('h1', {}, 'One fabric, three cuts'),
      el(
        'p',
        { className: 'lead' },
        'The same product from the same domain services, as each kind of consumer gets it: what it needs, and no more. ',
        'Change its stock, and see the three follow.',
      ),
      el(
        'div',
        { className: 'actions' },
        sellOut,
        restock,
        button('Ask again', () => void refresh(), 'second'),
      ),
      followed,
      cards,
    )
    void refresh()
    return () => {
      isLeft = true
    }

    async function refresh(): Promise<Answers> {
      const answers = await ask<Answers>('/api/cuts').catch((error: unknown) =>
        (Object.keys(NAMES) as Face[]).map((face) => ({ face, failed: wordsOf(error) })),
      )
      const most = Math.max(...answers.map((answer) => ('first' in answer ? answer.first.down : 0)))
      if (!isLeft) cards.replaceChildren(...answers.map((answer) => card(answer, most)))
      return answers
    }

    async function change(available: number): Promise<void> {
      sellOut.disabled = restock.disabled = true
      followed.textContent = ''
      try {
        const started = performance.now()
        await ask('/api/stock', { method: 'PUT', body: { available } })
        const late = new Map<Face, number>()
        while (!isLeft && late.size < 3 && performance.now() - started < FOLLOWS_WITHIN_MS) {
          for (const answer of await refresh())
            if ('first' in answer && answer.inStock === available > 0 && !late.has(answer.face))
              late.set(answer.face, performance.now() - started)
          if (late.size < 3) await new Promise((resolve) => setTimeout(resolve, AGAIN_MS))
        }
        const times = [...late].map(([face, ms]) => `${NAMES[face].title} ${Math.round(ms)} ms`)
        followed.textContent =
          late.size === 3
            ? `All three have followed: ${times.join(', ')} after the change.`
            : `After ${FOLLOWS_WITHIN_MS / 1000} s only these have followed: ${times.join(', ') || 'none'}.`
      } catch (error) {
        say(`The stock was not changed: ${wordsOf(error)}`)
      } finally {
        sellOut.disabled = restock.disabled = false
      }
    }
  },
}

const skeleton = (face: Face) =>
  el('article', { className: 'cut waiting', ariaBusy: 'true' }, heading(face), el('p', {}, 'Asking …'))

const heading = (face: Face) =>
  el('header', {}, el('h2', {}, NAMES[face].title), el('p', { className: 'muted' }, NAMES[face].about))

function card(answer: Cut | Failure, most: number): HTMLElement {
  if ('failed' in answer)
    return el(
      'article',
      { className: 'cut failed' },
      heading(answer.face),
      el('p', {}, `No answer: ${answer.failed}. The others are not affected.`),
    )
  const { face, first, again, shown, body, upstreamCalls, inStock } = answer
  const bar = el('meter', { min: 0, max: most, value: first.down, ariaLabel: 'Bytes of the answer' })
  return el(
    'article',
    { className: 'cut' },
    heading(face),
    el(
      'p',
      { className: `state ${inStock ? 'good' : 'out'}` },
      inStock === undefined ? 'stock not known now' : inStock ? 'in stock' : 'sold out',
    ),
    el('p', { className: 'bytes' }, el('strong', {}, first.down.toLocaleString('en')), ' bytes down'),
    bar,
    table(first, again, upstreamCalls),
    el(
      'dl',
      { className: 'shown' },
      ...shown.flatMap(([label, value]) => [el('dt', {}, label), el('dd', {}, value)]),
    ),
    el('details', {}, el('summary', {}, 'The answer'), el('pre', { tabIndex: 0 }, body)),
  )
}

function table(first: Exchange, again: Exchange, upstreamCalls: number): HTMLElement {
  const row = (label: string, a: string, b: string) =>
    el('tr', {}, el('th', { scope: 'row' }, label), el('td', {}, a), el('td', {}, b))
  const ms = (value: number) => `${value.toFixed(1)} ms`
  return el(
    'table',
    {},
    el('caption', {}, el('code', {}, first.request)),
    el(
      'thead',
      {},
      el('tr', {}, el('td', {}), el('th', { scope: 'col' }, 'first'), el('th', { scope: 'col' }, 'again')),
    ),
    el(
      'tbody',
      {},
      row('Status', first.status, again.status),
      row('Bytes up', String(first.up), String(again.up)),
      row('Bytes down', String(first.down), String(again.down)),
      row('Time', ms(first.ms), ms(again.ms)),
      row('Cache', cacheOf(first), cacheOf(again)),
      row('Upstream calls', String(upstreamCalls), ''),
    ),
  )
}

/** `harbor; hit; ttl=5` in short. */
const cacheOf = ({ cache }: Exchange): string =>
  cache === undefined ? '–' : (/\b(hit|fwd=[\w-]+)/.exec(cache)?.[1] ?? cache).replace('fwd=', '')
