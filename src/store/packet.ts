import type { Endpoint } from '../model/connectivity.ts'
import type { Answer, PacketAnswer, PacketQuestion, PacketTrace, WalkedRule } from '../model/packetTrace.ts'
import type { Analysis } from '../model/protocol.ts'
import { sameSelection, type Selection } from './selection.ts'
import { pastMoment, type TimelineState } from './timeline.ts'
import type { ViewSettings } from './viewSettings.ts'

/** One end of the packet in the form. */
export type PacketField = 'from' | 'to'

/** The answer that is shown, with what it answers. */
export interface PacketAnswered {
  /** Of the inputs that it is about. */
  readonly revision: number
  readonly question: PacketQuestion
  readonly answer: PacketAnswer
  /** What the data plane answered to the same question before the newest edit, where that was another answer. */
  readonly was?: Answer
}

/** The packet that the user follows. */
export interface PacketState {
  /** As the form has it; ends and traffic may be `''`. */
  readonly packet: PacketQuestion
  /** The newest answer; the one before while a new one is made. */
  readonly packetAnswer: PacketAnswered | undefined
  /** Index into the steps of the trace; `undefined` before the first. */
  readonly packetStep: number | undefined
  /** The end that the next click on the graph sets. */
  readonly picking: PacketField | undefined

  readonly askPacket: (change: Partial<PacketQuestion>) => void
  readonly swapPacket: () => void
  readonly pickPacketEnd: (field: PacketField | undefined) => void
  /** Ends that are selected while the pane is open go into the form; whether the selection was about any. */
  readonly putIntoPacket: (selection: Selection | undefined) => boolean
  /** Opens the pane, with the selected ends or, where there are none, those that it had. */
  readonly followPacket: () => void
  readonly goToPacketStep: (step: number | undefined) => void
  readonly receivePacket: (answered: Omit<PacketAnswered, 'was'>) => void
}

export const EMPTY_PACKET: PacketQuestion = {
  from: '',
  to: '',
  traffic: '',
  srcPort: 40000,
  state: 'NEW',
  rules: 'policies',
  hook: 'FORWARD',
}

/** What the packet reads of the store besides itself. */
interface Surroundings extends PacketState {
  readonly selection: Selection | undefined
  readonly view: ViewSettings
  readonly picture: { readonly analysis: Pick<Analysis, 'endpoints'> } | undefined
}

/** What it changes. A new selection has no explanation yet. */
type Change = Partial<PacketState & Pick<Surroundings, 'selection' | 'view'>> & {
  readonly explained?: undefined
}

export function packetState(set: (change: Change) => void, get: () => Surroundings): PacketState {
  return {
    packet: EMPTY_PACKET,
    packetAnswer: undefined,
    packetStep: undefined,
    picking: undefined,

    askPacket: change => {
      const { packet, picking } = get()
      set({
        packet: { ...packet, ...change },
        packetStep: undefined,
        // Typed instead of picked.
        ...(picking !== undefined && change[picking] !== undefined && { picking: undefined }),
      })
    },
    swapPacket: () => {
      const { from, to } = get().packet
      get().askPacket({ from: to, to: from })
    },
    pickPacketEnd: picking => {
      const { view } = get()
      set({ picking, ...(picking !== undefined && { view: { ...view, pane: 'flow' } }) })
    },
    putIntoPacket: selection => {
      const { picking, picture, view } = get()
      const picked = pickedInto(get(), selection, picture?.analysis.endpoints ?? [])
      if (picked === undefined) {
        if (picking !== undefined) set({ picking: undefined })
        return false
      }
      const done = picking !== undefined && picked.picking === undefined
      set({
        ...picked,
        selection,
        explained: undefined,
        ...(done && { view: { ...view, pane: 'inspector' } }),
      })
      return true
    },
    followPacket: () => {
      const { view, packet, selection } = get()
      set({ view: { ...view, inspectorTab: 'packet', pane: 'inspector' } })
      if (!get().putIntoPacket(selection) && packet.from === '') set({ picking: 'from' })
    },
    goToPacketStep: step => {
      const { packetAnswer, selection } = get()
      const at = step === undefined ? undefined : traceOf(get())?.steps[step]
      const target = at && targetOfStep(at, packetAnswer?.question.rules ?? 'policies')
      set({
        packetStep: at === undefined ? undefined : step,
        ...(target !== undefined &&
          !sameSelection(selection, target) && { selection: target, explained: undefined }),
      })
    },
    receivePacket: answered => {
      const { packet, packetAnswer, packetStep, selection } = get()
      if (answered.question !== packet) return
      const trace = answered.answer.ok ? answered.answer.value : undefined
      const isNew = packetAnswer?.question !== packet
      const before = isNew || !packetAnswer.answer.ok ? undefined : packetAnswer.answer.value.dataplane.answer
      const flow = trace && flowOf(trace)
      // What the user asked for lights up; an answer after an edit leaves the selection as it is.
      const lights =
        isNew && (flow !== undefined || selection?.kind === 'rule') && !sameSelection(selection, flow)
      set({
        packetAnswer: {
          ...answered,
          ...(before !== undefined && before !== trace?.dataplane.answer && { was: before }),
        },
        packetStep: isNew || trace?.steps[packetStep ?? -1] === undefined ? undefined : packetStep,
        ...(lights && { selection: flow, explained: undefined }),
      })
    },
  }
}

/** What the walk selects: its rule; of a real node, whose rules no pane shows, the field that it stems from. */
function targetOfStep(
  { chain, number, origin }: WalkedRule,
  rules: PacketQuestion['rules'],
): Selection | undefined {
  if (rules === 'policies') return { kind: 'rule', chain, number }
  return origin && { kind: 'origin', ...origin }
}

/** How an end is called in a question. */
export function endpointText(endpoint: Endpoint): string {
  switch (endpoint.kind) {
    case 'pod':
      return `${endpoint.namespace}/${endpoint.name}`
    case 'cidr':
      return endpoint.cidr
    case 'outside':
      return 'outside'
  }
}

/**
 * What a selection on the graph makes of the form: a flow sets both ends, an end the one that is picked or, where none
 * is, the source, and then the destination. `undefined` when the selection is about something else.
 */
export function pickedInto(
  { packet, picking }: Pick<PacketState, 'packet' | 'picking'>,
  selection: Selection | undefined,
  endpoints: readonly Endpoint[],
): Pick<PacketState, 'packet' | 'picking' | 'packetStep'> | undefined {
  const textOf = (id: string): string | undefined => {
    const endpoint = endpoints.find(one => one.id === id)
    return endpoint && endpointText(endpoint)
  }
  if (selection?.kind === 'flow') {
    const from = textOf(selection.src)
    const to = textOf(selection.dst)
    if (from === undefined || to === undefined) return undefined
    return { packet: { ...packet, from, to }, picking: undefined, packetStep: undefined }
  }
  if (selection?.kind !== 'endpoint') return undefined
  const text = textOf(selection.id)
  if (text === undefined) return undefined
  const field = picking ?? 'from'
  const next = field === 'from' && (picking === undefined || packet.to === '') ? 'to' : undefined
  return { packet: { ...packet, [field]: text }, picking: next, packetStep: undefined }
}

/** The trace of the question in the form; while a new one is made, the one before. */
export function traceOf({ packetAnswer }: Pick<PacketState, 'packetAnswer'>): PacketTrace | undefined {
  return packetAnswer?.answer.ok === true ? packetAnswer.answer.value : undefined
}

/** The two ends in the picture, where it has both. */
export function flowOf({ packet }: PacketTrace): (Selection & { readonly kind: 'flow' }) | undefined {
  const { src, dst } = packet
  if (src.endpoint === undefined || dst.endpoint === undefined || src.endpoint === dst.endpoint)
    return undefined
  return { kind: 'flow', src: src.endpoint, dst: dst.endpoint }
}

type Followed = Pick<PacketState, 'packetAnswer' | 'packetStep'> &
  Pick<TimelineState, 'timeline' | 'step' | 'momentAnswer'> & {
    readonly selection: Selection | undefined
    readonly view: Pick<ViewSettings, 'inspectorTab'>
  }

/**
 * The trace whose way the panes light up: while its flow is selected, or the rule that the walk is at, or nothing
 * else and the packet's pane is open. It is about now, so that a past moment shows none.
 */
export function followedTrace(state: Followed): PacketTrace | undefined {
  const { selection, view, packetStep } = state
  const trace = traceOf(state)
  if (trace === undefined || pastMoment(state) !== undefined) return undefined
  if (selection === undefined) return view.inspectorTab === 'packet' ? trace : undefined
  if (selection.kind === 'flow')
    return view.inspectorTab !== 'explain' &&
      selection.src === trace.packet.src.endpoint &&
      selection.dst === trace.packet.dst.endpoint
      ? trace
      : undefined
  const at = packetStep === undefined ? undefined : trace.steps[packetStep]
  const target = at && targetOfStep(at, state.packetAnswer?.question.rules ?? 'policies')
  return sameSelection(selection, target) ? trace : undefined
}

/** What the graph lights up: the followed packet’s flow, also while the walk has one of its rules selected. */
export function graphSelection(state: Followed): Selection | undefined {
  const trace = followedTrace(state)
  return (trace && flowOf(trace)) ?? state.selection
}
