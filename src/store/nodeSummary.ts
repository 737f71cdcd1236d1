import type { DriftFinding, DriftKind, NodeReport } from '../model/nodeReport.ts'

export type NodeTone = 'good' | 'notice' | 'bad' | 'unknown'

/** What the comparison comes to, in a few words. */
export interface NodeSummary {
  readonly tone: NodeTone
  readonly sentence: string
  /** Findings that are more than context. */
  readonly differences: number
  /** Pairs of endpoints for which the node decides otherwise. */
  readonly changedFlows: number
}

export function nodeSummary(report: NodeReport): NodeSummary {
  const differences = report.drift.filter(finding => finding.severity !== 'info').length
  const changedFlows = report.changed.reduce(
    (sum, { sources, destinations }) => sum + sources * destinations,
    0,
  )
  return { ...headline(report, differences, changedFlows), differences, changedFlows }
}

function counted(count: number, one: string, many: string): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`
}

function headline(
  { changedLimit, tables, sets }: NodeReport,
  differences: number,
  changed: number,
): Pick<NodeSummary, 'tone' | 'sentence'> {
  if (tables.length + sets.length === 0)
    return { tone: 'unknown', sentence: 'Nothing of the node could be read' }
  const found = counted(differences, 'difference', 'differences')
  if (changed > 0) {
    const flows = counted(changed, 'flow changes', 'flows change')
    return { tone: 'bad', sentence: differences === 0 ? flows : `${found}, ${flows}` }
  }
  if (changedLimit !== undefined)
    return {
      tone: 'unknown',
      sentence: `${differences === 0 ? 'No difference found' : found}; not every verdict is sure`,
    }
  if (differences > 0) return { tone: 'notice', sentence: `${found}, no flow changes` }
  return { tone: 'good', sentence: 'The node does what the policies say' }
}

/** Names that are written in lower case wherever they stand. */
const LOWER_CASE = /^(?:azure-npm|kube-proxy|ip6?tables|ipset|nft)\b/

/** What the core says in a phrase, as a sentence. */
export function asSentence(text: string): string {
  const begun = LOWER_CASE.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1)
  return /[.!?]$/.test(begun) ? begun : `${begun}.`
}

/** What the findings are about, in the order in which a packet would notice them. */
export type DriftGroup = 'entry' | 'chains' | 'rules' | 'sets' | 'members' | 'versions' | 'foreign'

const GROUPS: Readonly<Record<DriftKind, DriftGroup>> = {
  'missing-jump': 'entry',
  'jump-position': 'entry',
  'missing-chain': 'chains',
  'stale-chain': 'chains',
  'missing-rule': 'rules',
  'stale-rule': 'rules',
  'rule-order': 'rules',
  'missing-set': 'sets',
  'stale-set': 'sets',
  'set-type': 'sets',
  'missing-member': 'members',
  'extra-member': 'members',
  'legacy-agent': 'versions',
  'other-version': 'versions',
  'foreign-rule': 'foreign',
}

export const DRIFT_GROUPS: readonly { readonly group: DriftGroup; readonly title: string }[] = [
  { group: 'entry', title: 'Where packets enter azure-npm’s rules' },
  { group: 'chains', title: 'Chains' },
  { group: 'rules', title: 'Rules' },
  { group: 'sets', title: 'Sets' },
  { group: 'members', title: 'Members of sets' },
  { group: 'versions', title: 'Versions and left-overs' },
  { group: 'foreign', title: 'Other software’s rules' },
]

const RANK: Readonly<Record<DriftFinding['severity'], number>> = { error: 0, warning: 1, info: 2 }

/** The findings by group, empty groups left out, the worst first in each. */
export function driftGroups(
  drift: readonly DriftFinding[],
): readonly { readonly title: string; readonly findings: readonly DriftFinding[] }[] {
  return DRIFT_GROUPS.flatMap(({ group, title }) => {
    const findings = drift
      .filter(finding => GROUPS[finding.kind] === group)
      .toSorted((a, b) => RANK[a.severity] - RANK[b.severity])
    return findings.length === 0 ? [] : [{ title, findings }]
  })
}

/** `azure-npm v1.4.45, nft back end` */
export function nodeKind({ agent, profile, backend }: NodeReport): string {
  const version =
    agent === 'none'
      ? 'no azure-npm'
      : agent === 'v1'
        ? 'azure-npm v1, the legacy agent'
        : profile === undefined
          ? 'azure-npm'
          : `azure-npm ${profile}`
  return backend === undefined ? version : `${version}, ${backend} back end`
}
