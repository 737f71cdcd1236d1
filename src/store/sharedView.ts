import { parseFlowFilter, textOf, textsOf } from '../graph/flowFilter.ts'
import { DEFAULT_GRAPH_VIEW } from '../graph/graphModel.ts'
import type { GraphGrouping, GraphMode, GraphSubject, GraphView } from '../model/graphView.ts'
import type { CtState } from '../model/packet.ts'
import type { PacketQuestion, WalkedHook } from '../model/packetTrace.ts'
import type { SharedView } from '../model/scenario.ts'
import type { AppState } from './appStore.ts'
import { EMPTY_PACKET } from './packet.ts'
import type { Selection } from './selection.ts'
import { DEFAULT_VIEW, INSPECTOR_TABS, type InspectorTab } from './viewSettings.ts'

type Looks = Pick<AppState, 'graphView' | 'packet' | 'selection'> & {
  readonly view: { readonly inspectorTab: InspectorTab }
}

const MODES: readonly GraphMode[] = ['overview', 'focus', 'policy', 'matrix', 'list']
const GROUPINGS: readonly GraphGrouping[] = ['namespace', 'workload', 'pod']
const LAYOUTS: readonly GraphView['layout'][] = ['lanes', 'layered']
const UNRESTRICTED: readonly GraphView['unrestricted'][] = ['auto', 'show', 'hide']
const SUBJECTS: readonly GraphSubject['kind'][] = [
  'pod',
  'workload',
  'namespace',
  'cidr',
  'outside',
  'policy',
]
const STATES: readonly CtState[] = ['NEW', 'ESTABLISHED', 'RELATED', 'INVALID', 'UNTRACKED']
const HOOKS: readonly WalkedHook[] = ['FORWARD', 'INPUT', 'OUTPUT']

/** What a link keeps of how the page is looked at: all that is not as it is at first. */
export function sharedViewOf({ graphView, packet, selection, view }: Looks): SharedView {
  const filter = different(graphView.filter, DEFAULT_GRAPH_VIEW.filter)
  // What is drawn for the selection alone follows from it.
  const flow = different({ ...graphView, filter, focus: [] }, { ...DEFAULT_GRAPH_VIEW, filter: {} })
  return different(
    {
      flow,
      packet: different(packet, EMPTY_PACKET),
      selection: selection?.kind === 'origin' ? undefined : selection,
      tab: view.inspectorTab,
    },
    { flow: {}, packet: {}, selection: undefined, tab: DEFAULT_VIEW.inspectorTab },
  )
}

/** The looks that a link asks for; what it says nothing about, or nothing that makes sense, is as at first. */
export function looksOf(shared: SharedView): Looks {
  const tab = oneOf(INSPECTOR_TABS, shared['tab'], DEFAULT_VIEW.inspectorTab)
  return {
    graphView: graphViewOf(fieldsOf(shared['flow'])),
    packet: packetOf(fieldsOf(shared['packet'])),
    selection: selectionOf(fieldsOf(shared['selection'])),
    view: { inspectorTab: tab },
  }
}

type Fields = ReadonlyMap<string, unknown>

function fieldsOf(value: unknown): Fields {
  return new Map(typeof value === 'object' && value !== null ? Object.entries(value) : [])
}

function oneOf<T>(known: readonly T[], value: unknown, otherwise: T): T {
  return known.find(one => one === value) ?? otherwise
}

function graphViewOf(fields: Fields): GraphView {
  const subject = fieldsOf(fields.get('subject'))
  const kind = SUBJECTS.find(one => one === subject.get('kind'))
  return {
    mode: oneOf(MODES, fields.get('mode'), DEFAULT_GRAPH_VIEW.mode),
    subject: kind && { kind, name: textOf(subject.get('name')) },
    filter: parseFlowFilter(fields.get('filter')),
    unrestricted: oneOf(UNRESTRICTED, fields.get('unrestricted'), DEFAULT_GRAPH_VIEW.unrestricted),
    unfolded: textsOf(fields.get('unfolded')),
    opened: textsOf(fields.get('opened')),
    focus: [],
    layout: oneOf(LAYOUTS, fields.get('layout'), DEFAULT_GRAPH_VIEW.layout),
    groupBy: oneOf(GROUPINGS, fields.get('groupBy'), DEFAULT_GRAPH_VIEW.groupBy),
  }
}

function packetOf(fields: Fields): PacketQuestion {
  const srcPort = fields.get('srcPort')
  const isPort = typeof srcPort === 'number' && Number.isInteger(srcPort) && srcPort >= 0 && srcPort <= 65535
  return {
    from: textOf(fields.get('from')),
    to: textOf(fields.get('to')),
    traffic: textOf(fields.get('traffic')),
    srcPort: isPort ? srcPort : EMPTY_PACKET.srcPort,
    state: oneOf(STATES, fields.get('state'), EMPTY_PACKET.state),
    rules: oneOf(['policies', 'node'], fields.get('rules'), EMPTY_PACKET.rules),
    hook: oneOf(HOOKS, fields.get('hook'), EMPTY_PACKET.hook),
  }
}

function selectionOf(fields: Fields): Selection | undefined {
  const text = (name: string): string => textOf(fields.get(name))
  const number = fields.get('number')
  switch (fields.get('kind')) {
    case 'endpoint':
      return { kind: 'endpoint', id: text('id') }
    case 'flow':
      return { kind: 'flow', src: text('src'), dst: text('dst') }
    case 'policy':
      return { kind: 'policy', key: text('key') }
    case 'namespace':
      return { kind: 'namespace', name: text('name') }
    case 'chain':
      return { kind: 'chain', name: text('name') }
    case 'rule':
      return typeof number === 'number' ? { kind: 'rule', chain: text('chain'), number } : undefined
    case 'set':
      return { kind: 'set', name: text('name') }
    default:
      return undefined
  }
}

/** The fields that are not as in `usual`. */
function different(value: object, usual: object): SharedView {
  const before = new Map(Object.entries(usual).map(([key, item]) => [key, JSON.stringify(item)]))
  return Object.fromEntries(
    Object.entries(value).filter(
      ([key, item]) => item !== undefined && JSON.stringify(item) !== before.get(key),
    ),
  )
}
