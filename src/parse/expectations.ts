import type { Expectation } from '../model/expectation.ts'
import type { TextRange } from '../model/origin.ts'
import type { ScenarioFile } from '../model/scenario.ts'
import type { TypeMeta } from './admission.ts'
import { objectsOf } from './admission.ts'
import { readDocuments, readPiece, shifted } from './documents.ts'
import { parseExpectedTraffic } from './expectationsTraffic.ts'
import type { MessageCode } from './messages.ts'
import { quoteGo } from './messages.ts'
import type { Issue, Shape } from './shapes.ts'
import { anything, intOrString, isReadAsMeant, list, struct, text } from './shapes.ts'
import type { Tree } from './tree.ts'

export const EXPECTATIONS_KIND = 'Expectations'
export const EXPECTATIONS_VERSION = 'netpol-flow/v1'

/** Documents of this API group are this project's own; the cluster never sees them. */
const OWN_GROUP = /^netpol-flow\//

interface ExpectationItem {
  readonly name?: string
  readonly from?: string
  readonly to?: string
  readonly port?: number | string
  readonly verdict?: string
}

interface ExpectationsManifest {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata?: undefined
  readonly expectations?: readonly ExpectationItem[]
}

const item: Shape<ExpectationItem> = struct<ExpectationItem>('Expectation', {
  name: text(),
  from: text(),
  to: text(),
  port: intOrString(),
  verdict: text(),
})

const manifest: Shape<ExpectationsManifest> = struct<ExpectationsManifest>('Expectations', {
  apiVersion: text(),
  kind: text(),
  metadata: anything(),
  expectations: list(item),
})

/** What an `Expectations` document says. Ranges count as the tree's; `file` is empty. */
export interface ReadExpectations {
  readonly expectations: readonly Expectation[]
  readonly issues: readonly Issue[]
}

/**
 * An `Expectations` document, or undefined for any other object. An item with a mistake is told and left out, the
 * others count. `inherited` is the type that the items of a typed list have.
 */
export function readExpectations(tree: Tree, inherited?: TypeMeta): ReadExpectations | undefined {
  const { apiVersion, kind } = typeOf(tree, inherited)
  if (tree.kind !== 'map' || !OWN_GROUP.test(apiVersion)) return undefined
  if (apiVersion !== EXPECTATIONS_VERSION || kind !== EXPECTATIONS_KIND) {
    const args = { kind, apiVersion, wanted: EXPECTATIONS_VERSION, wantedKind: EXPECTATIONS_KIND }
    const path = kind === EXPECTATIONS_KIND ? 'apiVersion' : 'kind'
    return { expectations: [], issues: [{ code: 'unknown-version', path, args }] }
  }
  const found: Issue[] = []
  const { expectations = [] } =
    manifest.read(tree, { path: '', struct: 'Expectations', field: '' }, found) ?? manifest.zero
  const issues = found.filter(issue => !isReadAsMeant(issue)).map(inOwnWords)
  const items = tree.entries.get('expectations')?.value
  const trees = items?.kind === 'list' ? items.items : []
  const read: Expectation[] = []
  expectations.forEach((one, i) => {
    const path = `expectations[${i}]`
    const own = issues.filter(issue => issue.path === path || issue.path.startsWith(`${path}.`))
    const wrong = own.length > 0 ? [] : itemIssues(one, path)
    issues.push(...wrong)
    const place = trees[i]
    if (own.length === 0 && wrong.length === 0 && place !== undefined) read.push(expectationOf(one, place))
  })
  return { expectations: read, issues }
}

/** Its type, `''` where it says none. */
function typeOf(tree: Tree, inherited?: TypeMeta): TypeMeta {
  const field = (name: 'apiVersion' | 'kind'): string => {
    const value = tree.kind === 'map' ? tree.entries.get(name)?.value : undefined
    return value?.kind === 'string' ? value.value : value === undefined ? (inherited?.[name] ?? '') : ''
  }
  return { apiVersion: field('apiVersion'), kind: field('kind') }
}

/** No cluster decodes this document, so that Go's words for a wrong type would say nothing. */
function inOwnWords(issue: Issue): Issue {
  if (issue.code !== 'wrong-type') return issue
  const { found, type } = issue.args
  const wanted = String(type).startsWith('[]') ? 'a list' : type === 'int32' ? 'a port' : 'a text'
  return {
    ...issue,
    code: 'expectation-type',
    args: {
      found: String(found),
      wanted: issue.path.endsWith(']') ? 'a map with from, to and verdict' : wanted,
    },
  }
}

const REQUIRED = ['from', 'to', 'verdict'] as const

function itemIssues(one: ExpectationItem, path: string): readonly Issue[] {
  const { verdict, port } = one
  const problem = (code: MessageCode, field: string, value: string | number): Issue => ({
    code,
    path: `${path}.${field}`,
    args: { value: quoteGo(String(value)) },
  })
  return [
    ...REQUIRED.filter(field => (one[field] ?? '') === '').map((field): Issue => ({
      code: 'expectation-incomplete',
      path: `${path}.${field}`,
      args: { field },
    })),
    ...(verdict === undefined || verdict === '' || isVerdict(verdict)
      ? []
      : [problem('expectation-verdict', 'verdict', verdict)]),
    ...(port === undefined || parseExpectedTraffic(String(port)) !== undefined
      ? []
      : [problem('expectation-port', 'port', port)]),
  ]
}

function isVerdict(text: string): text is Expectation['verdict'] {
  return text === 'allowed' || text === 'blocked'
}

/** Of an item without mistakes. */
function expectationOf(
  { name = '', from = '', to = '', port = '', verdict }: ExpectationItem,
  { range }: Tree,
): Expectation {
  const traffic = parseExpectedTraffic(String(port))?.text ?? ''
  const expected = verdict === 'allowed' ? 'allowed' : 'blocked'
  const described = { from, to, traffic, verdict: expected } as const
  return { name: name === '' ? expectationName(described) : name, ...described, file: '', range }
}

/** What an expectation without a name is called: `shop/web → shop/db 5432/TCP: blocked`. */
export function expectationName({
  from,
  to,
  traffic,
  verdict,
}: Pick<Expectation, 'from' | 'to' | 'traffic' | 'verdict'>): string {
  return `${from} → ${to}${traffic === '' ? '' : ` ${traffic}`}: ${verdict}`
}

/** Where the first `Expectations` document of a file stands; undefined when it has none. */
export function findExpectations(file: ScenarioFile): TextRange | undefined {
  if (!file.text.includes(EXPECTATIONS_VERSION)) return undefined
  for (const { document, offset } of readDocuments(file, readPiece).documents)
    for (const { tree, inherited } of objectsOf(document).objects) {
      const { apiVersion, kind } = typeOf(tree, inherited)
      if (apiVersion === EXPECTATIONS_VERSION && kind === EXPECTATIONS_KIND)
        return shifted(tree.range, offset)
    }
  return undefined
}
