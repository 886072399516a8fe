/** One sample of Prometheus' text format. */
export type Sample = { name: string; labels: Readonly<Record<string, string>>; value: number }

// A label may hold braces, such as those of a path: the last one before the value ends the labels.
const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/
/** The samples of a `/metrics` page, as a BFF of this repository writes it; comments and other lines are left out. */
export function parseExposition(text: string): Sample[] {
  return text.split('\n').flatMap((line) => {
    const [, name, labels = '', value] = LINE.exec(line) ?? []
    return name === undefined ? [] : [{ name, labels: labelsOf(labels), value: Number(value) }]
  })
}

/** `a="1",b="2"`; a value that holds `",` is none of ours. */
function labelsOf(text: string): Record<string, string> {
  const pairs = text.split('",').map((pair) => pair.split('="', 2) as [string, string?])
  return Object.fromEntries(pairs.map(([label, value = '']) => [label, value.replace(/"$/, '')]))
}
