/** Writes shared-clients/src/gen from the .proto files, with local plugins only: no network. */
import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const template = {
  version: 'v2',
  inputs: [{ directory: 'shared-clients/proto' }],
  plugins: [
    {
      local: ['node', 'node_modules/ts-proto/protoc-gen-ts_proto'],
      out: 'shared-clients/src/gen',
      opt: [
        'outputServices=grpc-js',
        'enumsAsLiterals=true',
        'unrecognizedEnum=false',
        'esModuleInterop=true',
        'importSuffix=.ts',
        'forceLong=number',
        'outputJsonMethods=false',
        'outputPartialMethods=true',
        'outputTypeRegistry=false',
        'useExactTypes=false',
        'oneof=unions-value',
      ],
    },
  ],
}
rmSync(`${root}/shared-clients/src/gen`, { recursive: true, force: true })
execFileSync(`${root}/node_modules/.bin/buf`, ['generate', '--template', JSON.stringify(template)], {
  cwd: root,
  stdio: 'inherit',
})
