/** An element with attributes and children; text is never taken for markup. */
export function el(tag, attributes, ...children) {
  const element = Object.assign(document.createElement(tag), attributes)
  element.append(...children.filter((child) => child !== null && child !== undefined))
  return element
}

export const quiet = (text) => el('p', { className: 'quiet' }, text)
export const missing = (what) => el('p', { className: 'degraded' }, `${what} is not available just now.`)
export const part = (title, ...children) => el('section', {}, el('h2', {}, title), ...children)

/** Products to go on to; null: not available just now. */
export const recommended = (products) =>
  products === null
    ? missing('Our advice')
    : el(
        'div',
        { className: 'cards' },
        ...products.map(({ id, name, imageUrl, price }) =>
          el(
            'a',
            { href: `#${id}` },
            picture(imageUrl, '', name),
            el('span', {}, name),
            el('b', {}, price.formatted),
          ),
        ),
      )

/** A picture, or a plain tile where it cannot be had. */
export function picture(url, alt, name) {
  const image = el('img', { src: `${url}?w=320`, alt, loading: 'lazy' })
  image.addEventListener('error', () =>
    image.replaceWith(el('div', { className: 'tile', ariaHidden: 'true' }, name[0])),
  )
  return image
}
