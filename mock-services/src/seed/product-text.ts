import type { Category } from './categories.ts'
import { random } from './random.ts'

/** The words of one product that its sentences are made of. */
export type Words = {
  name: string
  brand: string
  noun: string
  material: string
  colour: string
  category: Category
}

type Sentence = (w: Words, use: string) => string

const OPENING: Sentence[] = [
  (w, use) =>
    `The ${w.name} is made for ${use}. It is one of those things that you stop noticing after a week, because it simply works, and that you miss at once in somebody else’s home.`,
  (w, use) =>
    `We asked for a ${w.noun.toLowerCase()} that would still be in use in twenty years. ${w.brand} answered with this one: ${w.material}, few parts, nothing glued, and made for ${use}.`,
  (w, use) =>
    `Made for ${use}, the ${w.name} has been in our range since the first catalogue and is still among the ten things that are ordered again most often.`,
]

const MAKING: Sentence[] = [
  (w) =>
    `Every piece is made from ${w.material} and finished by hand, so small differences in tone and grain are to be expected and are not a fault.`,
  (w) =>
    `${w.brand} works with ${w.material} from two suppliers whom we visit once a year; the batch number on the underside tells you which of them it came from.`,
  (w) =>
    `The ${w.colour} finish is baked on in three layers. In our test kitchen it went through five hundred wash cycles before we could see a change without a magnifying glass.`,
  () =>
    'The edges are ground and then polished, which takes four minutes longer a piece and makes all the difference when you pick it up with wet hands.',
  (w) =>
    `Nothing is printed on the front: the maker’s mark is stamped on the underside together with the year, so the ${w.noun.toLowerCase()} goes with what you have already.`,
  () =>
    'The first series had a slightly thinner base. After eleven months of customers’ letters it was made two millimetres thicker, and we have not had a warped one back since.',
  () =>
    'All joints are mechanical, and each of the parts can be ordered separately for at least ten years after the last one has been sold.',
  (w) =>
    `The colour ${w.colour} is mixed for this series alone. Later batches match earlier ones closely, but for a large set we recommend that you order everything at the same time.`,
]

const USING: Sentence[] = [
  () =>
    'It is heavier than it looks, and that is deliberate: the weight keeps it where you put it and spreads the heat and the load evenly.',
  (w) =>
    `Before its first use, rinse it with warm water and a little soap and let it dry in the open. After that the ${w.noun.toLowerCase()} asks for very little.`,
  () =>
    'It fits into standard cupboards of sixty centimetres’ depth with the door closed, which we check because too many things in this category do not.',
  () =>
    'The handle, rim or grip is shaped so that it sits safely in small and in large hands alike; we had it tried by people between nine and eighty-four.',
  () =>
    'In a family of four it will be in use about three times a day. We calculated the wall thickness for that, and not for a showroom.',
  (w) =>
    `Together with the other pieces of the series it stacks without scratching; a felt disc comes in the box for use between two pieces of ${w.material}.`,
  () =>
    'You will not need a manual, but there is one, on a single sheet, with drawings in place of words and a telephone number that is answered by people.',
  () =>
    'If you are between two sizes, take the larger one. It is the advice that our customers give each other in the reviews, and we agree with them.',
]

const CARE: Sentence[] = [
  () =>
    'To clean it, use a soft brush and a mild detergent; avoid scouring powder and wire wool. Stains of tea or turmeric come off with a paste of bicarbonate of soda left on for ten minutes.',
  () =>
    'Dry it soon after washing and do not leave it to soak overnight. Once or twice a year a thin film of food-safe oil keeps the surface closed and its colour deep.',
  () =>
    'It may go into the dishwasher on the gentle programme, although washing by hand keeps the surface fresh for longer. Do not use rinse aids that contain citric acid.',
  (w) =>
    `Sunlight will mellow the ${w.colour} over the years. Turn the piece now and then, or enjoy the change: many people buy it for exactly that.`,
  () =>
    'Should a part become loose, the tool for tightening it is in the box. If something breaks, send us a photograph and we shall find out whether it can be mended before we think about a replacement.',
]

const CLOSING: Sentence[] = [
  (w) =>
    `It comes in a box of recycled cardboard without plastic, and travels in the same lorry as everything else you order with it. ${w.brand} gives five years’ guarantee; we add thirty days in which you may send it back, used.`,
  (w) =>
    `Delivered in paper, not in foam. The guarantee by ${w.brand} is for five years and covers everyday use in a household; for restaurants and offices please write to us first.`,
  () =>
    'What is returned to us in good order is sold again in our outlet in Hamburg at a lower price; what is not is taken apart and its materials are sorted. Less than two per cent goes to waste.',
]

/** The long description of a product, about 3 KB of plain text in paragraphs. */
export function describe(id: number, words: Words): string {
  const r = random('description', id)
  const paragraph = (pool: Sentence[], count: number) =>
    r
      .sample(pool, count)
      .map((sentence) => sentence(words, r.pick(words.category.uses)))
      .join(' ')
  return [
    paragraph(OPENING, 1),
    paragraph(MAKING, 5),
    paragraph(USING, 6),
    paragraph(CARE, 3),
    paragraph(CLOSING, 2),
  ].join('\n\n')
}

/** One sentence for lists and search engines. */
export const summarise = ({ noun, material, colour, brand }: Words): string =>
  `${noun} in ${colour}, made of ${material} by ${brand}. Free returns for thirty days, five years’ guarantee.`

const QUESTIONS: [question: string, answer: Sentence][] = [
  [
    'Can I order single parts later?',
    (w) =>
      `Yes. Every part of the ${w.noun.toLowerCase()} has its own number; write to us with the year that is stamped on the underside.`,
  ],
  [
    'Does the colour look the same as in the pictures?',
    (w) =>
      `We photograph in daylight. In warm lamp light ${w.colour} looks a little darker and redder than on a screen.`,
  ],
  [
    'Is it suitable as a present?',
    () =>
      'Very much so. It comes in a plain box, without a price, and may be sent with a card in our own handwriting.',
  ],
  [
    'How long does the delivery take?',
    () =>
      'What is in stock leaves us on the next working day. The date at the end of the checkout is a promise, not an estimate.',
  ],
  [
    'Where is it made?',
    (w) =>
      `In a workshop with some forty people that has been with ${w.brand} since 2009. We publish the address in our annual report.`,
  ],
  [
    'Can it be repaired?',
    (w) =>
      `In most cases. Sending the ${w.noun.toLowerCase()} to our workshop is free during the guarantee, and costs the postage afterwards.`,
  ],
]

/** What customers asked about a product, and the shop's answers. */
export const questions = (id: number, words: Words) => {
  const r = random('questions', id)
  return r
    .sample(QUESTIONS, 4)
    .map(([question, answer]) => ({ question, answer: answer(words, ''), helpful: r.int(0, 80) }))
}
