/** The product page by its persisted operation: one GET, three parts, each of which may be missing. */
import { operation } from './api.js'
import { el, missing, part, picture, quiet, recommended } from './elements.js'
import { showSession } from './session.js'

const page = document.querySelector('#page')
const form = document.querySelector('#search')

const stars = (average) => '★'.repeat(Math.round(average)).padEnd(5, '☆')

const problem = (text) => el('p', { className: 'degraded' }, text)

async function productView(id) {
  const { data, errors } = await operation('ProductPage', { id })
  const failed = errors?.find(({ path }) => !path || path.length === 1)
  if (failed) return [problem(`${failed.message} (trace ${failed.extensions?.traceId ?? 'unknown'})`)]
  if (!data.product) return [quiet(`There is no product “${id}”.`)]
  return [
    head(data.product),
    stock(data.product),
    reviews(data.product),
    part('Goes well with it', recommended(data.product.recommendations)),
  ]
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

/** What the address names; its text as it is when it is not percent-encoded UTF-8, as in `#%E0%A4%A`. */
function productId() {
  const text = location.hash.slice(1)
  try {
    return decodeURIComponent(text) || 'p1001'
  } catch {
    return text
  }
}

let shows = 0

async function show() {
  const mine = ++shows
  const id = productId()
  form.elements.id.value = id
  page.replaceChildren(quiet('Loading…'))
  const nodes = await productView(id).catch(() => [problem('The shop cannot be reached.')])
  // The user has gone on to another product meanwhile.
  if (mine === shows) page.replaceChildren(...nodes)
}
form.addEventListener('submit', (event) => {
  event.preventDefault()
  location.hash = encodeURIComponent(form.elements.id.value)
})
addEventListener('hashchange', show)
show()
showSession()
