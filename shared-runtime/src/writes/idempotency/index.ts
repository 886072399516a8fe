export {
  createIdempotency,
  type Idempotency,
  KEPT_MS,
  type KeptAnswer,
} from './idempotency.ts'
export { beforeWriting, NoEffectError } from './no-effect.ts'
export { finalRefusal, leaseOf } from './refusal.ts'
