export { createSagaEngine } from './engine.ts'
export { recoveryPart } from './recovery.ts'
export { Refusal, type Saga, type Step } from './saga.ts'
