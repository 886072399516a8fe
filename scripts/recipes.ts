import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

const FOLDER = 'docs/recipes'

/** A code block under a line `<!-- file: path -->`, which names what it shows. */
const BLOCK = /(<!-- file: (\S+) -->\n\n```\w*\n)[\s\S]*?(```)/g

/**
 * The recipes with their code blocks as the named files are now: what a reader copies is code that is
 * compiled and tested.
 */
export async function recipePages(root: string): Promise<Record<string, string>> {
  const names = (await readdir(join(root, FOLDER))).filter((name) => name.endsWith('.md'))
  const pages = await Promise.all(
    names.map(async (name) => {
      const path = `${FOLDER}/${name}`
      const page = await readFile(join(root, path), 'utf8')
      const files = new Map<string, string>()
      for (const [, , file = ''] of page.matchAll(BLOCK))
        files.set(file, (await readFile(join(root, file), 'utf8')).trimEnd())
      return [
        path,
        page.replace(BLOCK, (_, open, file, close) => `${open}${files.get(file)}\n${close}`),
      ] as const
    }),
  )
  return Object.fromEntries(pages)
}
