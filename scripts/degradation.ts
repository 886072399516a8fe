/** Breaks every upstream of every screen and operation in every way, and writes the results: docs/degradation.md. */
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { webDegradationCases } from '../graphql-bff/test/degradation/cases.ts'
import { webDegradation } from '../graphql-bff/test/degradation/page.ts'
import { SCREENS } from '../rest-mobile-bff/src/screens/index.ts'
import { degradationCases } from '../rest-mobile-bff/test/degradation.ts'
import { degradationPage } from '../rest-mobile-bff/test/degradation-page.ts'

const mobile = await degradationCases(SCREENS)
const web = await webDegradationCases()
await writeFile(
  fileURLToPath(new URL('../docs/degradation.md', import.meta.url)),
  `${degradationPage(mobile).trimEnd()}\n\n${webDegradation(web).trimEnd()}\n`,
)
const surprises = [
  ...mobile.map(({ screen, ...one }) => ({ name: screen, ...one })),
  ...web.map(({ operation, ...one }) => ({ name: operation, ...one })),
].filter(({ surprise }) => surprise !== undefined)
console.log(`${mobile.length + web.length} cases, ${surprises.length} surprises: docs/degradation.md`)
for (const { name, upstream, trouble, surprise } of surprises)
  console.error(`${name}, ${upstream}, ${trouble}: ${surprise}`)
if (surprises.length > 0) process.exitCode = 1
