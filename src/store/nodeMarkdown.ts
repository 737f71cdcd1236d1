import type { NodeReport, DumpPlace } from '../model/nodeReport.ts'
import { formatTraffic, type TrafficSet } from '../model/traffic.ts'
import { asSentence, driftGroups, nodeKind, nodeSummary } from './nodeSummary.ts'

/** Rows of a table at most: a ticket is read by people. */
const MOST = 200

/** The report for a ticket or a pull request. `nameOf` names an endpoint. */
export function nodeMarkdown(report: NodeReport, scenario: string, nameOf: (id: string) => string): string {
  const { sentence } = nodeSummary(report)
  return [
    `# ${inline(scenario)}: the node beside its policies`,
    '',
    `**${sentence}.** ${nodeKind(report)}; from ${report.files.map(file => code(file)).join(', ')}.`,
    ...problems(report),
    ...differences(report),
    ...flows(report, nameOf),
    '',
  ].join('\n')
}

function problems({ problems: found }: NodeReport): readonly string[] {
  if (found.length === 0) return []
  return section(
    'What cannot be read',
    found.map(
      ({ severity, message, place }) => `- ${severity}: ${inline(asSentence(message))}${where(place)}`,
    ),
  )
}

function differences({ drift }: NodeReport): readonly string[] {
  return driftGroups(drift).flatMap(({ title, findings }) =>
    section(
      title,
      findings.map(
        ({ severity, message, advice, place }) =>
          `- ${severity === 'info' ? 'note' : severity}: ${inline(asSentence(message))}${where(place)} ${inline(asSentence(advice))}`,
      ),
    ),
  )
}

function flows({ changed, changedLimit }: NodeReport, nameOf: (id: string) => string): readonly string[] {
  if (changed.length === 0 && changedLimit === undefined) return []
  const list = (set: TrafficSet): string => (set.length === 0 ? '' : inline(formatTraffic(set)))
  const rows = changed.map(({ src, dst, sources, destinations, opened, closed, unknown }) => {
    const alike = sources * destinations
    const pair = `${inline(nameOf(src))} → ${inline(nameOf(dst))}${alike > 1 ? ` (×${alike})` : ''}`
    return `| ${pair} | ${list(opened)} | ${list(closed)} | ${list(unknown)} |`
  })
  return section('Flows that the node decides otherwise', [
    ...(rows.length === 0
      ? []
      : ['| flow | open, should be closed | closed, should be open | unknown |', '|---|---|---|---|']),
    ...rows,
    ...(changedLimit === undefined ? [] : ['', inline(asSentence(changedLimit))]),
  ])
}

function section(title: string, lines: readonly string[]): readonly string[] {
  const left = lines.length - MOST
  return ['', `## ${title}`, '', ...lines.slice(0, MOST), ...(left > 0 ? ['', `… and ${left} more.`] : [])]
}

function where(place: DumpPlace | undefined): string {
  return place === undefined ? '' : ` (${code(`${place.file}:${place.line}`)})`
}

/** On one line, and nothing in it read as markup. */
function inline(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\`*_<>[\]#|]/g, '\\$&')
}

function code(text: string): string {
  return `\`${text.replaceAll('`', 'ˋ')}\``
}
