import type { NodeReport } from '../model/nodeReport.ts'
import type { Scenario } from '../model/scenario.ts'
import { isDump } from './fileKind.ts'

/** What the worker found out about a real node, of which there are dumps among the files. */
export interface NodeState {
  /** The newest answer, with the inputs it is about; the one before while a new one is made. */
  readonly nodeAnswer: { readonly revision: number; readonly report: NodeReport | undefined } | undefined
  /** The worker stopped before it answered. */
  readonly nodeFailed: boolean
  /** Whether the dialog for pasting a dump is open. */
  readonly pastingDump: boolean

  readonly receiveNode: (revision: number, report: NodeReport | undefined) => void
  readonly failNode: (failed: boolean) => void
  readonly setPastingDump: (open: boolean) => void
}

export function nodeState(set: (change: Partial<NodeState>) => void): NodeState {
  return {
    nodeAnswer: undefined,
    nodeFailed: false,
    pastingDump: false,
    receiveNode: (revision, report) => set({ nodeAnswer: { revision, report }, nodeFailed: false }),
    failNode: nodeFailed => set({ nodeFailed }),
    setPastingDump: pastingDump => set({ pastingDump }),
  }
}

/** The parts of the page's state that say which node is meant. */
interface AboutNode extends Pick<NodeState, 'nodeAnswer'> {
  readonly scenario: Scenario
}

export function hasDump({ scenario }: Pick<AboutNode, 'scenario'>): boolean {
  return scenario.files.some(isDump)
}

/** The report, while there is a dump. */
export function nodeReportOf(state: AboutNode): NodeReport | undefined {
  return hasDump(state) ? state.nodeAnswer?.report : undefined
}

/** Whether the report is about older inputs than the picture. */
export function isNodeBehind({
  nodeAnswer,
  picture,
}: Pick<NodeState, 'nodeAnswer'> & {
  readonly picture: { readonly revision: number } | undefined
}): boolean {
  return picture !== undefined && nodeAnswer?.revision !== picture.revision
}
