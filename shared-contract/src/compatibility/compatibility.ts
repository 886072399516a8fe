import {
  answerOf,
  type Document,
  type Operation,
  parametersOf,
  routesOf,
  type Schema,
} from '../openapi/document.ts'
import { type Finding, widening } from './widening.ts'

/** A change after which an app that was made for the older document may break. */
export type Incompatibility = { route: string; change: string; why: string; instead: string }

const INSTEAD = {
  view: 'Keep it as it is and add beside it, or serve the new shape at a new path and mark this one as deprecated.',
  input: 'Take what was taken before, or serve the new input at a new path and mark this one as deprecated.',
  route:
    'Keep it, marked as deprecated, until its Sunset has passed and no app uses it (GET /clients of the management port).',
}

const WHY: Record<'answer' | 'input', Partial<Record<Finding['rule'], string>>> = {
  answer: {
    'field removed': 'A shipped app reads it and finds nothing.',
    'field may be absent': 'A shipped app reads it without asking whether it is there.',
    'type changed': 'A shipped app cannot decode it.',
    'null added': 'A shipped app has no way to show that it is not there.',
    'value added': 'A shipped app chooses between the values that it knows and has nothing for this one.',
    'bound loosened': 'A shipped app may have no room for it.',
    'format changed': 'A shipped app parses it in the old form.',
  },
  input: {
    'field required': 'A shipped app does not send it.',
    'field removed': 'A shipped app sends it and is not heard.',
    'type changed': 'What a shipped app sends is refused.',
    'null added': 'A shipped app sends null, and is refused.',
    'value added': 'A shipped app sends this value, and is refused.',
    'bound loosened': 'A shipped app sends what was within the old bound, and is refused.',
    'format changed': 'A shipped app sends it in the old form, and is refused.',
  },
}

/** In an input, what the old document allows is what the new one has to: the words turn round. */
const INPUT_WORDS: Partial<Record<Finding['rule'], string>> = {
  'null added': 'null removed',
  'value added': 'value removed',
  'bound loosened': 'bound tightened',
}

type Pair = { route: string; kept: Document; current: Document; was: Operation; is: Operation }

/**
 * What an app that was made for the kept document would break on, were it served by the current one. Fields that
 * are added are nothing of the kind. A higher `version` is no excuse: the shipped app asks the same path.
 * @param today YYYY-MM-DD: a deprecated route may go once its Sunset has passed
 */
export function incompatibilities(kept: Document, current: Document, today: string): Incompatibility[] {
  const routes = new Map(routesOf(current).map((route) => [route.name, route.operation]))
  return routesOf(kept).flatMap(({ name, operation: was }) => {
    const is = routes.get(name)
    if (is) {
      const pair = { route: name, kept, current, was, is }
      return [...ofSecurity(pair), ...ofParameters(pair), ...ofBody(pair), ...ofAnswers(pair)]
    }
    return isPastSunset(was, today) ? [] : [routeRemoved(name, was)]
  })
}

const isPastSunset = ({ 'x-deprecated': deprecated }: Operation, today: string): boolean =>
  deprecated !== undefined && deprecated.sunset <= today

const routeRemoved = (route: string, { 'x-deprecated': deprecated }: Operation): Incompatibility => ({
  route,
  change: deprecated
    ? `the route is not there any more, though its Sunset is ${deprecated.sunset}`
    : 'the route is not there any more, and was never announced as deprecated',
  why: 'A shipped app asks for it.',
  instead: INSTEAD.route,
})

/** The scopes of each way in; none at all for everybody. */
function ofSecurity({ route, was, is }: Pair): Incompatibility[] {
  const scopes = ({ security }: Operation) => security.flatMap((way) => Object.values(way).flat())
  const changes = [
    is.security.length > 0 && was.security.length === 0 && 'a credential is needed now',
    ...(was.security.length === 0
      ? []
      : scopes(is)
          .filter((scope) => !scopes(was).includes(scope))
          .map((scope) => `the scope ${scope} is needed now`)),
  ]
  return changes
    .filter((change) => change !== false)
    .map((change) => ({
      route,
      change,
      why: 'The token of a shipped app does not have it.',
      instead: INSTEAD.input,
    }))
}

function ofParameters({ route, kept, current, was, is }: Pair): Incompatibility[] {
  const before = parametersOf(kept, was)
  const after = parametersOf(current, is)
  const same = (a: { in: string; name: string }, b: { in: string; name: string }) =>
    a.in === b.in && a.name === b.name
  const added = after
    .filter((parameter) => parameter.required && !before.some((other) => same(other, parameter)))
    .map((parameter) => ({
      route,
      change: `${parameter.in} parameter ${parameter.name}: new, and required`,
      why: 'A shipped app does not send it.',
      instead: INSTEAD.input,
    }))
  const changed = before.flatMap((old): Incompatibility[] => {
    const place = `${old.in} parameter ${old.name}`
    const now = after.find((other) => same(other, old))
    if (!now)
      return [
        {
          route,
          change: `${place}: not known any more`,
          why: 'A shipped app sends it and is not heard.',
          instead: INSTEAD.input,
        },
      ]
    const required =
      now.required && !old.required
        ? [
            {
              route,
              change: `${place}: required now`,
              why: 'A shipped app may leave it out.',
              instead: INSTEAD.input,
            },
          ]
        : []
    return [...required, ...ofInput(route, place, { kept, current }, old.schema, now.schema)]
  })
  return [...added, ...changed]
}

function ofBody({ route, kept, current, was, is }: Pair): Incompatibility[] {
  const change = (text: string, why: string) => ({ route, change: text, why, instead: INSTEAD.input })
  if (!was.requestBody)
    return is.requestBody?.required ? [change('a body is required now', 'A shipped app sends none.')] : []
  const now = is.requestBody
  if (!now) return [change('no body is taken any more', 'A shipped app sends one and is not heard.')]
  const required =
    now.required && !was.requestBody.required
      ? [change('the body is required now', 'A shipped app may send none.')]
      : []
  const ofTypes = Object.entries(was.requestBody.content).flatMap(([type, { schema = {} }]) => {
    const taken = now.content[type]
    return taken
      ? ofInput(route, 'body', { kept, current }, schema, taken.schema ?? {})
      : [change(`a body of ${type} is not taken any more`, 'A shipped app sends it.')]
  })
  return [...required, ...ofTypes]
}

function ofInput(
  route: string,
  place: string,
  { kept, current }: { kept: Document; current: Document },
  was: Schema,
  is: Schema,
): Incompatibility[] {
  return widening(
    { schema: was, components: kept.components.schemas },
    { schema: is, components: current.components.schemas },
    'input',
  ).map((finding) => ({
    route,
    change: `${place}${finding.at && `, ${finding.at}`}: ${INPUT_WORDS[finding.rule] ?? finding.rule}`,
    why:
      WHY.input[finding.rule] ?? 'The check does not know whether what a shipped app sends is still taken.',
    instead: INSTEAD.input,
  }))
}

function ofAnswers(pair: Pair): Incompatibility[] {
  const statuses = Object.keys(pair.was.responses).filter((status) => /^[23]/.test(status))
  return statuses.flatMap((status) => ofAnswer(pair, Number(status)))
}

function ofAnswer({ route, kept, current, was, is }: Pair, status: number): Incompatibility[] {
  const change = (text: string, why: string) => ({ route, change: text, why, instead: INSTEAD.view })
  if (!Object.hasOwn(is.responses, status))
    return [change(`${status} is not answered any more`, 'A shipped app waits for it.')]
  const before = answerOf(kept, was, status)
  const after = answerOf(current, is, status)
  const headers = Object.entries(before?.headers ?? {})
    .filter(([name, { required }]) => required && !after?.headers[name]?.required)
    .map(([name]) =>
      change(`header ${name} of ${status}: not promised any more`, 'A shipped app relies on it.'),
    )
  const bodies = Object.entries(before?.schemas ?? {}).flatMap(([type, schema]) => {
    const offered = after?.schemas[type]
    if (!offered) return [change(`${type} is not answered any more`, 'A shipped app reads nothing else.')]
    return widening(
      { schema: offered, components: current.components.schemas },
      { schema, components: kept.components.schemas },
      'answer',
    ).map(({ rule, at, what }) =>
      change(
        `${at || 'the answer'}: ${rule} (${what})`,
        WHY.answer[rule] ?? 'The check does not know whether a shipped app can read it.',
      ),
    )
  })
  return [...headers, ...bodies]
}
