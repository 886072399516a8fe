/** What is wrong with a Redis, as shown in logs and on `/readyz`. */
export type RedisTrouble = {
  /** Stable, for alerts: `out-of-memory`. */
  readonly kind: string
  /** Predicate for the subject "Redis": "is out of memory". */
  readonly words: string
  /** A setting or a permission is wrong: waiting does not help. */
  readonly setting?: true
  /** Only writes are refused: reads still work. */
  readonly readable?: true
}

type Known = RedisTrouble & { readonly sign: RegExp }

// Error codes of Redis start a reply; messages of Node and ioredis match anywhere.
const KNOWN: readonly Known[] = [
  {
    kind: 'wrong-password',
    words: 'refuses the user or the password',
    setting: true,
    sign: /WRONGPASS|ERR invalid password|ERR AUTH /,
  },
  { kind: 'no-password', words: 'asks for a password', setting: true, sign: /NOAUTH/ },
  {
    kind: 'not-permitted',
    words: 'does not permit a command or a key to this user',
    setting: true,
    readable: true,
    sign: /NOPERM/,
  },
  {
    kind: 'wrong-database',
    words: 'does not have the database of this number',
    setting: true,
    sign: /DB index is out of range|invalid DB index|SELECT is not allowed/,
  },
  { kind: 'no-cluster', words: 'is not a cluster', setting: true, sign: /cluster support disabled/ },
  { kind: 'a-cluster', words: 'is a cluster (use redis+cluster://)', setting: true, sign: /^MOVED / },
  { kind: 'no-sentinel', words: 'is not a Sentinel', setting: true, sign: /unknown command.{0,3}sentinel/i },
  {
    kind: 'out-of-memory',
    words: 'is out of memory',
    readable: true,
    sign: /^(?:ERR )?OOM |OOM command not allowed/,
  },
  { kind: 'read-only', words: 'is a read-only replica', readable: true, sign: /READONLY/ },
  {
    kind: 'not-persisting',
    words: 'cannot save its data and refuses writes',
    readable: true,
    sign: /MISCONF/,
  },
  {
    kind: 'no-replicas',
    words: 'has too few replicas and refuses writes',
    readable: true,
    sign: /NOREPLICAS/,
  },
  { kind: 'loading', words: 'is loading its data', sign: /LOADING/ },
  { kind: 'master-down', words: 'has lost its master', sign: /MASTERDOWN/ },
  { kind: 'cluster-down', words: 'is a cluster that is down or incomplete', sign: /CLUSTERDOWN|TRYAGAIN/ },
  { kind: 'busy', words: 'is busy with a script', sign: /^BUSY / },
  { kind: 'too-many-clients', words: 'has too many clients', sign: /max number of clients/ },
  { kind: 'unknown-host', words: 'has an unknown host name', sign: /ENOTFOUND|EAI_AGAIN/ },
  { kind: 'refused', words: 'refuses connections', sign: /ECONNREFUSED/ },
  { kind: 'slow', words: 'does not answer in time', sign: /timed? ?out|ETIMEDOUT|no answer within/i },
]

const UNREACHABLE: RedisTrouble = { kind: 'unreachable', words: 'cannot be reached' }

/** Classifies an error of a command or a connection; `unreachable` when unknown. */
export function redisTrouble(error: unknown): RedisTrouble {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; depth++) {
    const { message } = at
    const code = 'code' in at ? String(at.code) : ''
    const known = KNOWN.find(({ sign }) => sign.test(message) || sign.test(code))
    if (known) {
      const { sign: _, ...trouble } = known
      return trouble
    }
    at = 'lastNodeError' in at ? at.lastNodeError : at.cause
  }
  return UNREACHABLE
}
