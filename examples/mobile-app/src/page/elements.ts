type Child = Node | string | null | false

/** An element with properties and children; text is never taken for markup. */
export function el<T extends keyof HTMLElementTagNameMap>(
  tag: T,
  properties: Partial<HTMLElementTagNameMap[T]> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[T] {
  const element = Object.assign(document.createElement(tag), properties)
  element.append(...children.filter((child) => child !== null && child !== false))
  return element
}

export const quiet = (text: string) => el('p', { className: 'quiet' }, text)

export const section = (title: string, ...children: readonly Child[]) =>
  el('section', {}, el('h2', {}, title), ...children)

export const button = (text: string, onclick: () => unknown, className = 'main') =>
  el('button', { type: 'button', className, onclick }, text)

/** A row of a list of amounts. */
export const amount = (label: string, value: string | undefined, className = '') =>
  value === undefined
    ? null
    : el('div', { className: `amount ${className}` }, el('span', {}, label), el('span', {}, value))

const TONES = 6

/** A picture; when it cannot be loaded, a tile with the first letter of its name. */
export function picture(url: string | null, name: string): HTMLElement {
  const tile = () => {
    const tone = [...name].reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0) % TONES
    return el('span', { className: `picture tone-${tone}`, ariaHidden: 'true' }, [...name][0] ?? '')
  }
  if (url === null || !navigator.onLine) return tile()
  const image = el('img', { className: 'picture', src: url, alt: '', loading: 'lazy' })
  image.addEventListener('error', () => image.replaceWith(tile()))
  return image
}

type Card = { id: string; name: string; image: string | null }

/** A product as every list shows it. */
export const productLink = ({ id, name, image }: Card, price: string) =>
  el(
    'a',
    { className: 'product', href: `#/products/${id}` },
    picture(image, name),
    el('span', { className: 'name' }, name),
    el('span', { className: 'price' }, price),
  )
