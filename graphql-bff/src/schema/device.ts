import type { Device as UpstreamDevice, Reading as UpstreamReading } from '@harbor/shared-clients'
import { builder } from '../builder.ts'
import { assertId, firstRows, ownList } from './limits.ts'
import { itemsOf } from './list-items.ts'

const Reading = builder.objectRef<UpstreamReading>('Reading').implement({
  description: 'A value that a device measured.',
  fields: (t) => ({
    name: t.exposeString('name', {
      access: 'staff',
      description: 'What was measured, such as "temperature".',
    }),
    unit: t.exposeString('unit', { access: 'staff', description: 'The unit of the value.' }),
    value: t.exposeFloat('value', { access: 'staff', description: 'What was measured.' }),
    at: t.expose('at', { type: 'DateTime', access: 'staff', description: 'When it was measured.' }),
  }),
})

const Device = builder.objectRef<UpstreamDevice>('Device').implement({
  description: 'A shelf label or a sensor in a store.',
  fields: (t) => ({
    id: t.exposeID('id', { access: 'staff', description: 'Stable.' }),
    store: t.exposeString('store', { access: 'staff', description: 'The store that it hangs in.' }),
    model: t.exposeString('model', { access: 'staff', description: 'What kind of device it is.' }),
    readings: t.field({
      type: [Reading],
      access: 'staff',
      nullable: true,
      description: 'What it measured last, newest first; at most 20.',
      args: { first: t.arg.int({ required: true, defaultValue: 5 }) },
      asks: 'telemetry.latest',
      complexity: firstRows(20),
      resolve: async ({ id }, { first }, { loaders }) =>
        (await loaders.readings.load({ key: id, limit: first })) ?? [],
    }),
  }),
})

builder.queryField('devices', (t) =>
  t.field({
    type: [Device],
    access: 'staff',
    nullable: { list: true, items: true },
    description: 'The devices of a store. For staff.',
    args: { store: t.arg.string({ required: true, description: 'Such as "ber".' }) },
    asks: 'telemetry.devicesOf',
    complexity: ({ store }) => {
      assertId(store)
      return ownList
    },
    resolve: async (_, { store }, { upstreams }) =>
      itemsOf(await upstreams.optional.telemetry.devicesOf(store)),
  }),
)
