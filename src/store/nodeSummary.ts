import type { ChangedVerdict, DriftFinding, DriftKind, NodeReport } from '../model/nodeReport.ts'

export type NodeTone = 'good' | 'notice' | 'bad' | 'unknown'

/** What the comparison comes to, in a few words. */
export interface NodeSummary {
  readonly tone: NodeTone
  readonly sentence: string
  /** Findings that are more than context. */
  readonly differences: number
  /** Pairs of endpoints for which the node decides otherwise. */
  readonly changedFlows: number
  /** Pairs for which the dump does not tell. */
  readonly unknownFlows: number
}

export function nodeSummary(report: NodeReport): NodeSummary {
  const differences = report.drift.filter(finding => finding.severity !== 'info').length
  const changedFlows = pairs(report.changed.filter(isChanged))
  const unknownFlows = pairs(report.changed.filter(change => !isChanged(change)))
  return {
    ...headline(report, differences, changedFlows, unknownFlows),
    differences,
    changedFlows,
    unknownFlows,
  }
}

/** Whether the verdict is known to be another one, and not only unknown. */
export function isChanged({ opened, closed }: ChangedVerdict): boolean {
  return opened.length > 0 || closed.length > 0
}

function pairs(changes: readonly ChangedVerdict[]): number {
  return changes.reduce((sum, { sources, destinations }) => sum + sources * destinations, 0)
}

function counted(count: number, one: string, many: string): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`
}

function headline(
  report: NodeReport,
  differences: number,
  changed: number,
  unknown: number,
): Pick<NodeSummary, 'tone' | 'sentence'> {
  const spoiled = report.problems.some(problem => problem.spoilsAll)
  const found = differences === 0 ? '' : `${counted(differences, 'difference', 'differences')}, `
  if (changed > 0)
    return {
      tone: 'bad',
      sentence: `${found}${counted(changed, 'flow changes', 'flows change')}`,
    }
  if (spoiled)
    return { tone: 'unknown', sentence: `${found}no verdict is sure: the dump does not tell everything` }
  if (unknown > 0)
    return {
      tone: 'unknown',
      sentence: `${found}${counted(unknown, 'flow hangs', 'flows hang')} on what the dump does not tell`,
    }
  if (differences > 0) return { tone: 'notice', sentence: `${found}no flow changes` }
  return { tone: 'good', sentence: 'The node does what the policies say' }
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
