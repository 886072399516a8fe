import { Collapsible } from '@base-ui/react/collapsible'
import type { ProductHeaderFragment } from '../../gen/operations.ts'

type All = ProductHeaderFragment['specifications']
const FIRST = 6

export const Specifications = ({ specifications }: { specifications: All }) => (
  <section className="specifications">
    <h2>Specifications</h2>
    <List specifications={specifications.slice(0, FIRST)} />
    {specifications.length > FIRST && (
      <Collapsible.Root>
        <Collapsible.Panel>
          <List specifications={specifications.slice(FIRST)} />
        </Collapsible.Panel>
        <Collapsible.Trigger className="button small">All {specifications.length}</Collapsible.Trigger>
      </Collapsible.Root>
    )}
  </section>
)

const List = ({ specifications }: { specifications: All }) => (
  <dl>
    {specifications.map(({ name, value, unit }) => (
      <div key={name}>
        <dt>{name}</dt>
        <dd>
          {value} {unit}
        </dd>
      </div>
    ))}
  </dl>
)
