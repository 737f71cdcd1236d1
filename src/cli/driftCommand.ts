import { analyze } from '../analysis/analyze.ts'
import { nodeReport } from '../analysis/node/nodeReport.ts'
import type { ChangedVerdict, DriftFinding, NodeReport } from '../model/nodeReport.ts'
import { formatTraffic } from '../model/traffic.ts'
import {
  INPUT_ERROR,
  profileOf,
  PROFILES,
  tellErrors,
  usageError,
  type Call,
  type Command,
} from './command.ts'
import { DUMP_OPTIONS, readDumps } from './dumpOptions.ts'
import type { CliIo } from './io.ts'
import { nodeProblemLines } from './nodeProblemLines.ts'
import { placeFinder, placeText } from './places.ts'

export const DRIFT: Command = {
  usage: `drift --iptables F [--ipset F] [--profile ${PROFILES.join('|')}] [--output text|json] FILE…`,
  summary:
    'compare a real node’s rules and sets (iptables-save, -S or -nvL; ipset save or list) with what these objects should give; exit 1 when it differs',
  options: { ...DUMP_OPTIONS, profile: PROFILES, output: ['text', 'json'] },
  operands: 0,
  files: 'needed',
  run: runDrift,
}

async function runDrift({ files, options }: Call, io: CliIo): Promise<number> {
  const read = await readDumps(options, io)
  if (!read.ok) return await usageError(read.error, io)
  const { iptables, ipset } = read.value
  const dumps = ipset === undefined ? [iptables] : [iptables, ipset]
  const analyzed = analyze({ name: '', files: [...files, ...dumps], profile: profileOf(options) })
  const code = await tellErrors(analyzed.analysis.diagnostics, files, io)
  const report = nodeReport(analyzed)
  if (report === undefined) {
    await io.stderr(
      `${iptables.name}:1:1: error: this is no output of iptables-save, iptables -S or iptables -nvL\n`,
    )
    return INPUT_ERROR
  }
  await io.stderr(nodeProblemLines(report))
  const placeOf = placeFinder(analyzed.analysis.sources, files)
  const originText = ({ origin }: DriftFinding): string => {
    const place = origin === undefined ? undefined : placeOf(origin)
    return place === undefined ? '' : placeText(place)
  }
  await io.stdout(
    options['output'] === 'json' ? `${JSON.stringify(report, null, 2)}\n` : reportText(report, originText),
  )
  return differs(report) ? INPUT_ERROR : code
}

/** What is only told for context is no difference; a dump that cannot be relied on is none that agrees. */
function differs({ drift, changed, problems }: NodeReport): boolean {
  return (
    drift.some(({ severity }) => severity !== 'info') ||
    changed.length > 0 ||
    problems.some(({ severity }) => severity === 'error')
  )
}

function reportText(report: NodeReport, originText: (finding: DriftFinding) => string): string {
  const { agent, profile, backend, tables, sets, drift, changed, changedLimit } = report
  const rules = tables.reduce((sum, table) => sum + table.rules, 0)
  const head = [
    agent === 'none' ? 'no azure-npm' : `azure-npm ${agent}`,
    ...(profile === undefined ? [] : [`names of ${profile}`]),
    ...(backend === undefined ? [] : [`iptables-${backend}`]),
    `${rules} rules in ${tables.map(({ name }) => name).join(', ')}`,
    `${sets.length} sets`,
  ].join(', ')
  return [
    `The node: ${head}\n`,
    drift.length === 0 ? '\nIt holds what these objects should give.\n' : '\n',
    ...drift.map(finding => findingText(finding, originText(finding))),
    ...(changed.length === 0 ? [] : ['\nVerdicts that differ, for new connections:\n']),
    ...changed.map(changedText),
    ...(changedLimit === undefined ? [] : [`\nNot all of it: ${changedLimit}.\n`]),
  ].join('')
}

function findingText(finding: DriftFinding, origin: string): string {
  const { kind, severity, message, advice, place } = finding
  const at = place === undefined ? '' : `${place.file}:${place.line}: `
  const from = origin === '' ? '' : `    from ${origin} ${finding.origin?.resource ?? ''}\n`
  return `${at}${severity}: ${message} [${kind}]\n${from}    ${advice}\n`
}

function changedText({ src, dst, sources, destinations, opened, closed }: ChangedVerdict): string {
  const also = (count: number) => (count > 1 ? ` (and ${count - 1} like it)` : '')
  const verdicts = [
    ...(opened.length === 0 ? [] : [`opened ${formatTraffic(opened)}`]),
    ...(closed.length === 0 ? [] : [`closed ${formatTraffic(closed)}`]),
  ]
  return `  ${src}${also(sources)} → ${dst}${also(destinations)}: ${verdicts.join('; ')}\n`
}
