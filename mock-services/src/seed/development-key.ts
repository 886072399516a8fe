/**
 * DEVELOPMENT ONLY. This private key is public: whoever holds it can issue any token that the mock services
 * accept. It is fixed so that tokens survive a restart. A deployed identity service has a key of its own.
 */
export const DEVELOPMENT_ONLY_SIGNING_KEY = {
  kid: 'development-only-2026',
  use: 'sig',
  alg: 'ES256',
  kty: 'EC',
  x: '3tWxX4mdVQROWAF98i-gYNSVRa2gNAFLtBMomT0YWZY',
  y: 'UzOUohy8sxFsmrL1wops6dNAs2ox7--WJTKuoH-6FAM',
  crv: 'P-256',
  d: 'F12J-XUyYy2HPKoVJv-rAud3yOZs6DOfUoC0j7kY9TY',
} as const
