import type { Explained, Listed } from './explained.ts'
import { type Html, html } from './html.ts'
import { waterfall } from './waterfall.ts'

const page = (title: string, body: Html): string =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<link rel="stylesheet" href="/explain/style.css">
</head>
<body>
${body}
</body>
</html>
`.text

const FILTERS = ['error', 'degraded', 'slow', 'shed'] as const

/** The list of requests. */
export const listPage = (name: string, requests: readonly Listed[]): string =>
  page(
    `${name}: requests`,
    html`<h1>${name}: requests</h1>
<nav><a href="/explain">all</a>${FILTERS.map((kept) => html` <a href="/explain?kept=${kept}">${kept}</a>`)}</nav>
<table>
<thead><tr><th>at</th><th>what</th><th>status</th><th>ms</th><th></th><th>cause</th></tr></thead>
<tbody>${requests.map(row)}</tbody>
</table>`,
  )

const row = ({ traceId, at, kind, name, status, ms, kept, cause }: Listed): Html =>
  html`<tr><td>${at.slice(11, 23)}</td><td><a href="/explain/${traceId}">${kind} ${name}</a></td><td>${status}</td><td class="number">${ms}</td><td class="${kept}">${kept}</td><td>${cause}</td></tr>
`

/** The requests of one trace. */
export const tracePage = (traceId: string, requests: readonly Explained[]): string =>
  page(`trace ${traceId}`, html`<p><a href="/explain">all requests</a></p>${requests.map(section)}`)

const section = (request: Explained): Html => html`<section>
<h1>${request.kind} ${request.name} <small class="${request.kept}">${request.status} ${request.problem} ${request.kept}</small></h1>
<p class="cause">${request.cause.sentence}</p>
<p>${facts(request)}</p>
${waterfall(request)}
<table>
<thead><tr><th>call</th><th>start</th><th>ms</th><th>of</th><th>how</th><th>sent</th><th>received</th></tr></thead>
<tbody>${request.calls.map(call)}</tbody>
</table>
${reads(request)}
</section>
`

const facts = ({ at, method, consumer, ms, budgetMs, cache, bytesOut, traceId }: Explained): string =>
  [
    at,
    method,
    consumer,
    `${ms} ms${budgetMs === undefined ? '' : ` of ${budgetMs} ms`}`,
    cache && `cache: ${cache}`,
    bytesOut !== undefined && `${bytesOut} bytes`,
    `trace ${traceId}`,
  ]
    .filter(Boolean)
    .join(' · ')

const call = (span: Explained['calls'][number]): Html =>
  html`<tr class="${span.fault ? 'error' : undefined}"><td>${span.upstream} ${span.endpoint}</td><td class="number">${span.startMs}</td><td class="number">${span.ms}</td><td class="number">${span.limitMs}</td><td>${attributes(span).join(', ')}</td><td class="number">${span.bytesSent}</td><td class="number">${span.bytesReceived}</td></tr>
`

/** What happened to a call, in words. */
function attributes(span: Explained['calls'][number]): string[] {
  return [
    span.how === 'joined' ? `coalesced with trace ${span.sharedTraceId}` : span.how,
    span.code === 'ok' ? '' : (span.code ?? ''),
    span.retries > 0 ? `retried ${span.retries} ×` : '',
    span.hedgedAfterMs === undefined ? '' : `hedged after ${Math.round(span.hedgedAfterMs)} ms`,
    span.breaker === 'closed' ? '' : `breaker ${span.breaker}`,
    span.fault?.words ?? '',
  ].filter((text) => text !== '')
}

function reads({ reads }: Explained): Html | undefined {
  const namespaces = Object.entries(reads)
  if (namespaces.length === 0) return undefined
  const rows = namespaces.map(
    ([namespace, found]) =>
      html`<tr><td>${namespace}</td><td>${Object.entries(found)
        .map(([what, count]) => `${count} ${what}`)
        .join(', ')}</td></tr>
`,
  )
  return html`<table><thead><tr><th>cache</th><th>found</th></tr></thead><tbody>${rows}</tbody></table>`
}
