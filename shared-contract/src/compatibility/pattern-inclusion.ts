import { RegExpParser } from '@eslint-community/regexpp'
import { DFA, isDisjointWith, JS, NFA } from 'refa'

/**
 * Whether every text that matches `inner` also matches `outer`, proved on their automata. `false` as well where it
 * cannot be proved: for patterns that are not anchored at both ends, and for look-around and back references.
 */
export function isPatternWithin(inner: string, outer: string): boolean {
  try {
    const refused = DFA.fromFA(automatonOf(outer))
    refused.complement()
    return isDisjointWith(automatonOf(inner), refused)
  } catch {
    return false
  }
}

function automatonOf(pattern: string): NFA {
  const { expression, maxCharacter } = JS.Parser.fromLiteral({
    source: betweenAnchors(pattern),
    flags: 'u',
  }).parse({ assertions: 'throw', backreferences: 'throw' })
  return NFA.fromRegex(expression, { maxCharacter })
}

/** What stands between `^` and `$`. @throws {Error} when these do not hold for the whole pattern */
function betweenAnchors(pattern: string): string {
  const { alternatives } = new RegExpParser().parsePattern(pattern, 0, pattern.length, { unicode: true })
  const [only, ...others] = alternatives
  const [first, last] = [only?.elements.at(0), only?.elements.at(-1)]
  const isAnchored =
    others.length === 0 &&
    first?.type === 'Assertion' &&
    first.kind === 'start' &&
    last?.type === 'Assertion' &&
    last.kind === 'end'
  if (!isAnchored) throw new Error(`not anchored at both ends: ${pattern}`)
  return pattern.slice(1, -1)
}
