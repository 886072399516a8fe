/** The product page by its persisted operation: one GET, three parts, each of which may be missing. */
const page = document.querySelector('#page')
const form = document.querySelector('#search')

/** An element with attributes and children; text is never taken for markup. */
function el(tag, attributes, ...children) {
  const element = Object.assign(document.createElement(tag), attributes)
  element.append(...children.filter((child) => child !== null && child !== undefined))
  return element
}

const quiet = (text) => el('p', { className: 'quiet' }, text)
const missing = (what) => el('p', { className: 'degraded' }, `${what} is not available just now.`)
const part = (title, ...children) => el('section', {}, el('h2', {}, title), ...children)
const stars = (average) => '★'.repeat(Math.round(average)).padEnd(5, '☆')

/** A picture, or a plain tile where it cannot be had. */
function picture(url, alt, name) {
  const image = el('img', { src: `${url}?w=320`, alt, loading: 'lazy' })
  image.addEventListener('error', () =>
    image.replaceWith(el('div', { className: 'tile', ariaHidden: 'true' }, name[0])),
  )
  return image
}

async function load(id) {
  page.replaceChildren(quiet('Loading…'))
  const { ProductPage } = await (await fetch('/operations.json')).json()
  const query = new URLSearchParams({
    documentId: `sha256:${ProductPage}`,
    variables: JSON.stringify({ id }),
  })
  const { data, errors } = await (await fetch(`/graphql?${query}`)).json()
  const failed = errors?.find(({ path }) => !path || path.length === 1)
  if (failed)
    page.replaceChildren(
      el('p', { className: 'degraded' }, `${failed.message} (trace ${failed.extensions.traceId})`),
    )
  else if (!data.product) page.replaceChildren(quiet(`There is no product “${id}”.`))
  else
    page.replaceChildren(
      head(data.product),
      stock(data.product),
      reviews(data.product),
      recommendations(data.product),
    )
}

function head({ name, brand, category, description, images, specifications, price }) {
  const discount = price && price.discountBasisPoints > 0
  return el(
    'article',
    {},
    el('figure', {}, images[0] ? picture(images[0].url, images[0].alt, name) : quiet('No picture')),
    el(
      'div',
      {},
      el('p', { className: 'quiet' }, `${brand} · ${category.name}`),
      el('h1', {}, name),
      price
        ? el(
            'p',
            { className: 'price' },
            price.formatted,
            discount ? el('s', {}, price.list.formatted) : null,
          )
        : missing('The price'),
      el('p', {}, description.length > 400 ? `${description.slice(0, 400)}…` : description),
      el(
        'dl',
        {},
        ...specifications
          .slice(0, 8)
          .flatMap(({ name, value, unit }) => [el('dt', {}, name), el('dd', {}, `${value} ${unit ?? ''}`)]),
      ),
    ),
  )
}

const stock = ({ stock }) =>
  part(
    'In stock',
    stock === null
      ? missing('Stock')
      : el(
          'ul',
          { className: 'chips' },
          ...stock.map(({ warehouse, available }) =>
            el('li', { className: available > 0 ? 'yes' : 'no' }, `${warehouse.toLowerCase()} ${available}`),
          ),
        ),
  )

const reviews = ({ reviews }) =>
  part(
    reviews
      ? `Reviews ${stars(reviews.average)} ${reviews.average.toFixed(1)} of ${reviews.count}`
      : 'Reviews',
    ...(reviews === null
      ? [missing('What others say')]
      : reviews.latest.length === 0
        ? [quiet('No reviews yet.')]
        : []),
    ...(reviews?.latest ?? []).map(({ author, rating, title, body }) =>
      el('blockquote', {}, el('strong', {}, `${stars(rating)} ${title}`), el('p', {}, body), quiet(author)),
    ),
  )

const recommendations = ({ recommendations }) =>
  part(
    'Goes well with it',
    recommendations === null
      ? missing('Our advice')
      : el(
          'div',
          { className: 'cards' },
          ...recommendations.map(({ id, name, imageUrl, price }) =>
            el(
              'a',
              { href: `#${id}` },
              picture(imageUrl, '', name),
              el('span', {}, name),
              el('b', {}, price.formatted),
            ),
          ),
        ),
  )

function show() {
  const id = decodeURIComponent(location.hash.slice(1)) || 'p1001'
  form.elements.id.value = id
  load(id).catch(() =>
    page.replaceChildren(el('p', { className: 'degraded' }, 'The shop cannot be reached.')),
  )
}
form.addEventListener('submit', (event) => {
  event.preventDefault()
  location.hash = encodeURIComponent(form.elements.id.value)
})
addEventListener('hashchange', show)
show()
