import type { ContainerPort, Namespace, Pod } from './cluster.ts'
import type { Endpoint, FlowCounts, FlowExplanation } from './connectivity.ts'
import type { Deviation } from './deviation.ts'
import type { Diagnostic } from './diagnostic.ts'
import type { ExpectationResult, NewExpectation } from './expectation.ts'
import type { ListedRuleset } from './listedSets.ts'
import type { NetworkPolicy } from './networkPolicy.ts'
import type { NodeReport } from './nodeReport.ts'
import type { Origin, ResourceKey, ResourceSource, TextRange } from './origin.ts'
import type { PackedSources } from './packedSources.ts'
import type { PacketAnswer, PacketQuestion } from './packetTrace.ts'
import type { FlowColumn, FlowList, FlowMatrix, SortOrder } from './flowList.ts'
import type { GraphView } from './graphView.ts'
import type { Picture } from './picture.ts'
import type { Piece } from './pieces.ts'
import type { Ruleset } from './ruleset.ts'
import type { Scenario, ScenarioFile } from './scenario.ts'
import type { Suggestion, SuggestionQuestion, TextEdit } from './suggestion.ts'
import type { TrafficSet } from './traffic.ts'

/** A document that was read but takes no part: a Service, a CRD. */
export interface UnusedResource {
  readonly kind: string
  readonly name: string
  readonly file: string
  readonly range: TextRange
}

/** A policy that is not in force in the data plane as written. */
export interface PolicyFailure {
  readonly policy: string
  /** §1.6 of the engine's specification: T translation, V data plane, N no ACLs. */
  readonly class: 'T' | 'V' | 'N'
  readonly message: string
  readonly origin: Origin
}

/** All that comes of a text. It stays on the side that computed it; the page gets an `Analysis`. */
export interface WholeAnalysis {
  /** False when no document could be read; the rest is then empty and the last good picture may stay. */
  readonly usable: boolean
  readonly diagnostics: readonly Diagnostic[]
  readonly namespaces: readonly Namespace[]
  readonly pods: readonly Pod[]
  readonly policies: readonly NetworkPolicy[]
  readonly unused: readonly UnusedResource[]
  readonly sources: Readonly<Record<ResourceKey, ResourceSource>>
  readonly ruleset: Ruleset
  readonly failures: readonly PolicyFailure[]
  readonly deviations: readonly Deviation[]
  /** How the scenario's own packet tests fare, in the order of the text. */
  readonly expectations: readonly ExpectationResult[]
  /** All ends that a flow may have; ids in answers and questions are theirs. */
  readonly endpoints: readonly Endpoint[]
  /** Undefined where there are too many different endpoints to count all pairs at each edit. */
  readonly flowCounts: FlowCounts | undefined
}

/** The ports of containers: most pods have one of a few lists. */
export interface EndpointPorts {
  readonly lists: readonly (readonly ContainerPort[])[]
  /** By endpoint: index into `lists`; -1 where it has none. */
  readonly listOf: Int32Array
}

/** What the page holds of an analysis. What there is by the hundred thousand is packed, or counted. */
export interface Analysis extends Omit<WholeAnalysis, 'pods' | 'sources' | 'ruleset'> {
  /** `all`: assumed ones included. What else is shown of pods, `endpoints` and `ports` tell. */
  readonly podCount: { readonly all: number; readonly assumed: number }
  readonly ports: EndpointPorts
  readonly sources: PackedSources
  readonly ruleset: ListedRuleset
}

/** The ways to print what the node holds. */
export type PrintForm =
  'iptables-restore' | 'iptables-save' | 'iptables-list' | 'ipset-restore' | 'ipset-save' | 'ipset-list'

/** One line of a printed text, with what it is about, so that panes can be linked without reading it. */
export interface PrintedLine {
  readonly text: string
  /** The chain the line belongs to. */
  readonly chain?: string
  /** The rule's number in its chain, from 1. */
  readonly rule?: number
  /** The set the line belongs to. */
  readonly set?: string
  readonly origin?: Origin
}

/** One call of a tool by the agent. */
export interface AgentCommand {
  readonly tool: 'ipset' | 'iptables' | 'iptables-restore'
  /** `ipset restore`, `iptables -w 60 -D AZURE-NPM-INGRESS …`, `iptables-restore -w 60 -T filter --noflush`. */
  readonly command: string
  /** What it gets on standard input, with the field of the YAML that each line comes from. */
  readonly lines: readonly { readonly text: string; readonly origin: Origin }[]
  readonly origin: Origin
}

/**
 * One event, as the agent handled it. An edit of an applied policy is two steps, because the agent takes the old
 * version away before it adds the new one: between them new connections find the pods open.
 */
export interface TimelineStep {
  /** Which change of the scenario it belongs to; 0 is what the agent found when it started. */
  readonly revision: number
  readonly kind: 'Namespace' | 'Pod' | 'NetworkPolicy'
  readonly action: 'add' | 'change' | 'delete'
  readonly resource: ResourceKey
  readonly phase: 'whole' | 'remove' | 'add'
  /** How many commands it took; none when nothing changes on the node. */
  readonly commands: number
  readonly failure?: PolicyFailure
  /** Of a policy that failed: whether the version before is still in force. */
  readonly oldInForce?: boolean
  /** The agent's process died (D32). */
  readonly crashed?: boolean
}

export interface Timeline {
  readonly steps: readonly TimelineStep[]
  /** Objects that were there at the start and are not listed one by one, because they are too many. */
  readonly unlisted: number
}

/** Traffic of new connections between two endpoints, ids as in `Analysis.endpoints`, that a step opened or closed. */
export interface FlowChange {
  readonly src: string
  readonly dst: string
  /** How many sources and destinations it is the same for, these included. */
  readonly sources: number
  readonly destinations: number
  readonly opened: TrafficSet
  readonly closed: TrafficSet
}

/** The node right after a step. */
export interface Moment {
  /** Index into `Timeline.steps`. */
  readonly step: number
  readonly commands: readonly AgentCommand[]
  readonly changes: readonly FlowChange[]
  /** Chains, without their rules, and sets, without their entries, that the step took away: what its commands name. */
  readonly gone: Ruleset
  /** The whole picture at that time: cluster, rules, sets, verdicts for new connections. */
  readonly analysis: Analysis
}

/** A moment on the side that computed it. */
export interface WholeMoment extends Omit<Moment, 'analysis'> {
  readonly analysis: WholeAnalysis
}

/** How an analysed scenario goes into the node's history. */
export type HistoryChange =
  /** Another scenario was opened: another node. */
  | 'new-node'
  | 'new-change'
  /** The user is still at the change before this one (typing on): both are one change in the timeline. */
  | 'same-change'
  /** An earlier scenario again, to be asked about: nothing happens on the node. */
  | 'unchanged'

/** A scenario for the worker that got one before. A file without a text has the one that it had then. */
export interface PostedScenario extends Omit<Scenario, 'files'> {
  readonly files: readonly (ScenarioFile | { readonly name: string; readonly text?: never })[]
}

/** What the page asks of the worker. `id` is echoed; answers to older `analyze` requests are dropped. */
export type WorkerRequest =
  | {
      readonly op: 'analyze'
      readonly id: number
      readonly scenario: PostedScenario
      readonly change: HistoryChange
    }
  /** All below are about the newest analysis. */
  | {
      readonly op: 'print'
      readonly id: number
      readonly form: PrintForm
      /** With the pods that were made for selectors, or only what the user gave: what a real node would hold. */
      readonly assumedPods: boolean
      /** The node as it was right after a step of the timeline; with the pods that it had then. */
      readonly step?: number
    }
  | {
      readonly op: 'explain'
      readonly id: number
      readonly src: string
      readonly dst: string
      /** As it was right after a step of the timeline. */
      readonly step?: number
    }
  /**
   * The picture. What did not change since the one drawn before stands where it stood, unless `reset` is set; a step
   * of the timeline is drawn over the same places.
   */
  | {
      readonly op: 'graph'
      readonly id: number
      readonly view: GraphView
      readonly step?: number
      readonly reset?: boolean
    }
  /** The same picture in the layout that takes longer (`Picture.arranged`). A later `graph` or `arrange` cancels it. */
  | { readonly op: 'arrange'; readonly id: number; readonly view: GraphView; readonly step?: number }
  /** A part of the list of flows, which is the same list as long as view, order and analysis are. */
  | {
      readonly op: 'flows'
      readonly id: number
      readonly view: GraphView
      readonly column: FlowColumn
      readonly order: SortOrder
      readonly offset: number
      readonly limit: number
      readonly step?: number
    }
  | { readonly op: 'matrix'; readonly id: number; readonly view: GraphView; readonly step?: number }
  /** From now on "changed" is measured against this scenario; against nothing without it. */
  | { readonly op: 'base'; readonly id: number; readonly scenario: Scenario | undefined }
  /** One packet through the rules, as they are now. */
  | { readonly op: 'packet'; readonly id: number; readonly question: PacketQuestion }
  /** The smallest edits that give a flow another verdict. */
  | { readonly op: 'suggest'; readonly id: number; readonly question: SuggestionQuestion }
  /** The edit that writes an expectation into these files. */
  | {
      readonly op: 'expect'
      readonly id: number
      readonly files: readonly ScenarioFile[]
      readonly expectation: NewExpectation
    }
  /** A real node beside the policies, from the dumps among the files. */
  | { readonly op: 'node'; readonly id: number }
  | { readonly op: 'timeline'; readonly id: number }
  /** The node right after a step of the timeline. */
  | { readonly op: 'moment'; readonly id: number; readonly step: number }

/** A question about the newest analysis; its answer is the response with the same `op`. */
export type WorkerQuestion = Exclude<WorkerRequest, { readonly op: 'analyze' }>

/** The steps of an analysis, in their order. */
export type WorkStep = 'reading' | 'rules' | 'verdicts' | 'sending'

export type WorkerResponse =
  /** How far the work on a request is; its answer follows. */
  | { readonly op: 'progress'; readonly id: number; readonly step: WorkStep }
  /** A part of an answer that is too large to be read at once; `whole` follows the last. */
  | { readonly op: 'piece'; readonly id: number; readonly piece: Piece }
  | { readonly op: 'whole'; readonly id: number }
  | {
      readonly op: 'analyze'
      readonly id: number
      /** The parts that are not as in the worker's last answer; all of them in its first. */
      readonly analysis: Partial<Analysis>
      readonly milliseconds: number
    }
  | { readonly op: 'print'; readonly id: number; readonly lines: readonly PrintedLine[] }
  | { readonly op: 'explain'; readonly id: number; readonly explanation: FlowExplanation | undefined }
  /** Undefined when the timeline has no such step any more. */
  | { readonly op: 'graph'; readonly id: number; readonly picture: Picture | undefined }
  /** Undefined when it was cancelled too. */
  | { readonly op: 'arrange'; readonly id: number; readonly picture: Picture | undefined }
  | { readonly op: 'flows'; readonly id: number; readonly list: FlowList | undefined }
  | { readonly op: 'matrix'; readonly id: number; readonly matrix: FlowMatrix | undefined }
  /** Whether the base could be read; where not, nothing counts as changed. */
  | { readonly op: 'base'; readonly id: number; readonly usable: boolean }
  | { readonly op: 'packet'; readonly id: number; readonly answer: PacketAnswer }
  | {
      readonly op: 'suggest'
      readonly id: number
      /** The best first; their edits hold for the texts of the newest analysis. */
      readonly suggestions: readonly Suggestion[]
      /** Why there are none; `''` otherwise. */
      readonly reason: string
    }
  /** Undefined where no expectation can be about that port. */
  | { readonly op: 'expect'; readonly id: number; readonly edit: TextEdit | undefined }
  /** Undefined when there is no dump. */
  | { readonly op: 'node'; readonly id: number; readonly report: NodeReport | undefined }
  | { readonly op: 'timeline'; readonly id: number; readonly timeline: Timeline }
  /** Undefined when the timeline has no such step any more. */
  | { readonly op: 'moment'; readonly id: number; readonly moment: Moment | undefined }
  /** A bug of ours: the message and stack, to be reported. */
  | { readonly op: 'failure'; readonly id: number; readonly message: string; readonly stack: string }
