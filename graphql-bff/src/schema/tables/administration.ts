import { builder } from '../../builder.ts'

/** It holds nothing: each table asks its own service, and is optional by itself. */
export const Administration = builder.objectRef<object>('Administration').implement({
  description: 'The tables of the administration, one a kind of row. For staff.',
})

builder.queryField('administration', (t) =>
  t.field({
    type: Administration,
    access: 'staff',
    description: 'The tables of the administration. It asks no service. For staff.',
    resolve: () => ({}),
  }),
)
