import { moneyIn } from '../catalogue.ts'
import { el, productLink, quiet } from '../elements.ts'
import type { View } from './view.ts'

/** Searches the catalogue of the phone: at once, and without a network. */
export const searchView: View = async ({ catalogue, words, locale }) => {
  const list = el('div', { className: 'grid' })
  const show = async (text: string) => {
    const found = await catalogue.find(text)
    const cards = found.map((product) =>
      productLink(product, product.price ? moneyIn(locale, product.price) : words.priceUnknown),
    )
    list.replaceChildren(...(cards.length > 0 ? cards : [quiet(words.nothingFound)]))
  }
  const field = el('input', { type: 'search', placeholder: words.searchFor, ariaLabel: words.searchFor })
  field.addEventListener('input', () => show(field.value))
  await show('')
  return [el('h1', {}, words.search), field, list]
}
