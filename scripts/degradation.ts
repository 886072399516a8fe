/** Breaks every upstream of every screen in every way, and writes the results: docs/degradation.md. */
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { SCREENS } from '../rest-mobile-bff/src/screens/index.ts'
import { degradationCases } from '../rest-mobile-bff/test/degradation.ts'
import { degradationPage } from '../rest-mobile-bff/test/degradation-page.ts'

const cases = await degradationCases(SCREENS)
await writeFile(fileURLToPath(new URL('../docs/degradation.md', import.meta.url)), degradationPage(cases))
const surprises = cases.filter(({ surprise }) => surprise !== undefined)
console.log(`${cases.length} cases, ${surprises.length} surprises: docs/degradation.md`)
for (const { screen, upstream, trouble, surprise } of surprises)
  console.error(`${screen}, ${upstream}, ${trouble}: ${surprise}`)
if (surprises.length > 0) process.exitCode = 1
