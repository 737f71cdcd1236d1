import type {
  ChangeReason,
  FlowDifference,
  ScenarioDifference,
  TrafficChange,
} from '../analysis/compareScenarios.ts'
import { foldedName } from '../analysis/endpoints/endpointNames.ts'
import type { FlowEngine } from '../analysis/flows/flowTable.ts'
import type { ProfileId } from '../model/scenario.ts'
import { formatTraffic, sameTraffic, type TrafficSet } from '../model/traffic.ts'

export interface DiffView {
  /** Flows that change for one of the engines. */
  readonly difference: ScenarioDifference
  readonly engines: readonly FlowEngine[]
  readonly profile: ProfileId
  /** Errors in the input of both sides. */
  readonly errors: number
  /** The address that opens the newer side. */
  readonly link?: string
}

export const DIFF_FORMATS: Readonly<Record<string, (view: DiffView) => string>> = {
  text: textOf,
  markdown: markdownOf,
  json: jsonOf,
}

type Change = 'opened' | 'closed'

/** One thing that opens or closes, for one engine or for both alike. */
interface Line {
  readonly change: Change
  readonly src: string
  readonly dst: string
  readonly traffic: TrafficSet
  /** `''` when all engines that were asked say so. */
  readonly only: string
  readonly flow: FlowDifference
  readonly reasons: readonly ChangeReason[]
}

const NAMES: Readonly<Record<FlowEngine, string>> = { kubernetes: 'Kubernetes', dataplane: 'azure-npm' }

function linesOf({ difference, engines }: DiffView, change: Change): readonly Line[] {
  return difference.flows.flatMap(flow => {
    const line = (traffic: TrafficSet, only: string): Line => ({
      change,
      src: foldedName(flow.src),
      dst: foldedName(flow.dst),
      traffic,
      only,
      flow,
      reasons: flow.reasons.filter(reason => reason.change === change),
    })
    const changes = engines.map(engine => ({ engine, traffic: flow[engine][change] }))
    const first = changes[0]?.traffic ?? []
    if (changes.every(({ traffic }) => sameTraffic(traffic, first)))
      return first.length === 0 ? [] : [line(first, '')]
    return changes
      .filter(({ traffic }) => traffic.length > 0)
      .map(({ engine, traffic }) => line(traffic, `${NAMES[engine]} only`))
  })
}

const REASONS: Readonly<Record<ChangeReason['kind'], string>> = {
  'newly-isolated': 'now isolated by',
  'no-longer-isolated': 'no longer isolated by',
  allowed: 'now allowed by',
  'no-longer-allowed': 'no longer allowed by',
}

function reasonWords({ reasons, flow, only }: Line): string {
  const words = reasons
    .filter(({ policies }) => policies.length > 0)
    .map(({ direction, kind, policies }) => `${direction} ${REASONS[kind]} ${policies.join(', ')}`)
  const ids = only === '' || flow.deviations.length === 0 ? [] : [`deviations ${flow.deviations.join(', ')}`]
  return [...words, ...ids].join('; ')
}

function isEmpty({ flows, policies, pods }: ScenarioDifference): boolean {
  return [flows, ...Object.values(policies), ...Object.values(pods)].every(list => list.length === 0)
}

/** `+ shop/web`, what came, went and changed. */
function objectLines({ policies, pods }: ScenarioDifference): readonly string[] {
  const told = (what: string, keys: readonly string[], sign: string) =>
    keys.length === 0 ? [] : [`${sign} ${what} ${keys.join(', ')}`]
  return [
    ...told('policies', policies.added, '+'),
    ...told('policies', policies.removed, '-'),
    ...told('policies', policies.changed, '~'),
    ...told('pods', pods.added, '+'),
    ...told('pods', pods.removed, '-'),
  ]
}

function podNote({ pods }: ScenarioDifference): string {
  return pods.added.length + pods.removed.length === 0
    ? ''
    : 'Pods that only one side has come or go with all their flows; these are not listed.'
}

function summary({ difference }: DiffView, opened: readonly Line[], closed: readonly Line[]): string {
  return opened.length + closed.length === 0
    ? `No flow changes (${difference.compared} endpoints compared).`
    : `${opened.length} opened, ${closed.length} closed (${difference.compared} endpoints compared).`
}

function textOf(view: DiffView): string {
  const { difference, link } = view
  const opened = linesOf(view, 'opened')
  const closed = linesOf(view, 'closed')
  const lineText = (line: Line): string => {
    const words = reasonWords(line)
    const only = line.only === '' ? '' : ` (${line.only})`
    return `${line.change === 'opened' ? '+' : '-'} ${line.src} → ${line.dst}: ${formatTraffic(line.traffic)}${only}\n${words === '' ? '' : `    ${words}\n`}`
  }
  const objects = objectLines(difference).map(line => `${line}\n`)
  const note = podNote(difference)
  return [
    ...objects,
    ...(note === '' ? [] : [`${note}\n`]),
    ...(objects.length === 0 ? [] : ['\n']),
    ...(opened.length === 0 ? [] : ['Opened\n', ...opened.map(lineText), '\n']),
    ...(closed.length === 0 ? [] : ['Closed\n', ...closed.map(lineText), '\n']),
    `${summary(view, opened, closed)}\n`,
    ...(link === undefined ? [] : [`${link}\n`]),
  ].join('')
}

/** More rows than this are folded away. */
const OPEN_ROWS = 12
/** A comment on a pull request takes 65,536 characters. */
const MAX_ROWS = 200

function markdownOf(view: DiffView): string {
  const { difference, link, errors, profile } = view
  const opened = linesOf(view, 'opened')
  const closed = linesOf(view, 'closed')
  const rows = [...opened, ...closed]
  const objects = objectLines(difference)
  const table = rows.length === 0 ? [] : tableLines(rows)
  const long = rows.length > OPEN_ROWS
  const note = podNote(difference)
  return `${[
    '### Network policy changes',
    '',
    isEmpty(difference)
      ? 'Nothing changes.'
      : opened.length + closed.length === 0
        ? `No flow changes (${difference.compared} endpoints compared).`
        : `**${opened.length} opened**, **${closed.length} closed** (${difference.compared} endpoints compared, azure-npm ${profile}).`,
    ...(errors === 0
      ? []
      : ['', `⚠️ ${errors} ${errors === 1 ? 'error' : 'errors'} in the input: what they hit is left out.`]),
    ...(objects.length === 0 ? [] : ['', ...objects.map(objectItem)]),
    ...(note === '' ? [] : ['', note]),
    ...(table.length === 0 ? [] : ['', ...(long ? folded(table, rows.length) : table)]),
    ...(link === undefined ? [] : ['', `[Open the new state in Netpol Flow](${link})`]),
  ].join('\n')}\n`
}

function objectItem(line: string): string {
  const [, sign = '', kind = '', keys = ''] = /^(.) (\S+) (.*)$/.exec(line) ?? []
  const word = sign === '+' ? 'added' : sign === '-' ? 'removed' : 'changed'
  return `- ${kind} ${word}: ${keys.split(', ').map(code).join(', ')}`
}

function folded(table: readonly string[], count: number): readonly string[] {
  return [`<details><summary>${count} changes</summary>`, '', ...table, '', '</details>']
}

function tableLines(rows: readonly Line[]): readonly string[] {
  const shown = rows.slice(0, MAX_ROWS)
  return [
    '| | from | to | traffic | because |',
    '|---|---|---|---|---|',
    ...shown.map(line => {
      const sign = line.change === 'opened' ? '🟢 opened' : '🔴 closed'
      const only = line.only === '' ? '' : ` (${line.only})`
      const cells = [
        code(line.src),
        code(line.dst),
        `${formatTraffic(line.traffic)}${only}`,
        reasonWords(line),
      ]
      return `| ${sign} | ${cells.map(cellText).join(' | ')} |`
    }),
    ...(rows.length > shown.length ? ['', `… and ${rows.length - shown.length} more.`] : []),
  ]
}

function code(text: string): string {
  return `\`${text.replaceAll('`', 'ʼ')}\``
}

function cellText(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}

function jsonOf({ difference, engines, profile, link }: DiffView): string {
  const { policies, pods, flows, compared } = difference
  const changeObject = ({ before, after, opened, closed }: TrafficChange) => ({
    before: formatTraffic(before),
    after: formatTraffic(after),
    opened: opened.length === 0 ? null : formatTraffic(opened),
    closed: closed.length === 0 ? null : formatTraffic(closed),
  })
  const object = {
    profile,
    policies,
    pods,
    compared,
    flows: flows.map(flow => ({
      src: { name: foldedName(flow.src), endpoints: flow.src.map(({ id }) => id) },
      dst: { name: foldedName(flow.dst), endpoints: flow.dst.map(({ id }) => id) },
      ...Object.fromEntries(engines.map(engine => [engine, changeObject(flow[engine])])),
      reasons: flow.reasons,
      deviations: flow.deviations,
    })),
    ...(link === undefined ? {} : { link }),
  }
  return `${JSON.stringify(object, null, 2)}\n`
}
