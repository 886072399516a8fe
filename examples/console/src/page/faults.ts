import { button, el } from '@harbor/example-mobile-app/elements'
import type { Loss } from '../room/losses.ts'
import { ask, wordsOf } from './ask.ts'
import { say } from './said.ts'

type Fault = Readonly<Record<string, unknown>>

/** What can be made to go wrong, by its name here. */
const FAULTS: ReadonlyMap<string, Fault> = new Map([
  ['answers errors', { errorRate: 1 }],
  ['hangs', { hang: true }],
  ['answers malformed', { malformed: true }],
  ['is slow (2 s)', { latencyMs: 2_000 }],
  ['refuses connections', { refuse: true }],
])

/** A choice of a service and a fault, what is broken now, and what each answer loses by it. */
export function faultsPanel(): { element: HTMLElement } {
  const service = el('select', { id: 'fault-service' })
  const fault = el('select', { id: 'fault-kind' }, ...[...FAULTS.keys()].map((name) => new Option(name)))
  const broken = el('ul', { className: 'broken' })
  const losses = el('div', { className: 'losses' })
  let known: Loss[] = []
  service.addEventListener('change', showLosses)
  void load()
  const element = el(
    'div',
    { className: 'faults' },
    el(
      'div',
      { className: 'actions' },
      el('label', { htmlFor: 'fault-service' }, 'Service'),
      service,
      el('label', { htmlFor: 'fault-kind' }, 'fault'),
      fault,
      button('Break it', () => void set(service.value, FAULTS.get(fault.value) ?? {})),
    ),
    broken,
    losses,
  )
  return { element }

  async function load(): Promise<void> {
    try {
      known = await ask<Loss[]>('/api/losses')
      await refresh()
      service.value = 'recommendations'
      showLosses()
    } catch (error) {
      say(`The mock services do not answer: ${wordsOf(error)}`)
    }
  }

  async function refresh(): Promise<void> {
    const faults = await ask<Record<string, Fault>>('/api/faults')
    if (service.options.length === 0) service.append(...Object.keys(faults).map((name) => new Option(name)))
    const list = Object.entries(faults).filter(([, fault]) => Object.keys(fault).length > 0)
    broken.replaceChildren(
      ...(list.length === 0
        ? [el('li', { className: 'muted' }, 'Nothing is broken.')]
        : list.map(([name, fault]) =>
            el(
              'li',
              {},
              el('strong', {}, name),
              el('code', {}, JSON.stringify(fault)),
              button('Mend', () => void set(name, undefined), 'second'),
            ),
          )),
    )
  }

  async function set(name: string, body: Fault | undefined): Promise<void> {
    try {
      await ask(`/api/faults/${name}`, body === undefined ? { method: 'DELETE' } : { method: 'PUT', body })
      say(body === undefined ? `${name} is whole again.` : `${name} is broken: ${JSON.stringify(body)}`)
      await refresh()
    } catch (error) {
      say(`${name} was not changed: ${wordsOf(error)}`)
    }
  }

  function showLosses(): void {
    const rows = known.filter(({ upstream }) => upstream === service.value)
    losses.replaceChildren(
      el('h3', {}, `Without ${service.value}`),
      rows.length === 0
        ? el('p', { className: 'muted' }, 'No screen and no query uses it.')
        : el(
            'ul',
            {},
            ...rows.map(({ answer, critical, fields }) =>
              el(
                'li',
                { className: critical ? 'critical' : '' },
                el('strong', {}, answer),
                critical ? ' fails, by name' : ' is answered without ',
                critical ? '' : el('code', {}, fields),
              ),
            ),
          ),
    )
  }
}
