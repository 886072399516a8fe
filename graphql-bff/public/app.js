/** The product page by its persisted operation: one GET, three parts, each of which may be missing. */
import { operation } from './api.js'
import { el, missing, part, picture, quiet, recommended } from './elements.js'
import { showSession } from './session.js'

const page = document.querySelector('#page')
const form = document.querySelector('#search')

const stars = (average) => '★'.repeat(Math.round(average)).padEnd(5, '☆')

async function load(id) {
  page.replaceChildren(quiet('Loading…'))
  const { data, errors } = await operation('ProductPage', { id })
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
      part('Goes well with it', recommended(data.product.recommendations)),
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
showSession()
