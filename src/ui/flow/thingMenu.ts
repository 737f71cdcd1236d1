import { hiding, isHiddenNamespace } from '../../graph/flowFilter.ts'
import { isSystemNamespace } from '../../graph/systemNamespaces.ts'
import type { Endpoint } from '../../model/connectivity.ts'
import type { GraphView } from '../../model/graphView.ts'
import type { ResourceKey } from '../../model/origin.ts'
import type { Analysis } from '../../model/protocol.ts'
import { appStore } from '../../store/appStore.ts'
import { subjectText } from '../../store/graphSubject.ts'
import { endpointText } from '../../store/packet.ts'
import type { Selection } from '../../store/selection.ts'
import { copyText } from '../clipboard.ts'
import { placeOfOrigin } from '../editor/sourceAt.ts'
import { expectThisFlow } from '../expectations/expectThisFlow.ts'
import { focusWhenThere } from '../focusWhenThere.ts'
import { trafficSuggestions } from '../packet/fieldSuggestions.ts'
import { PICTURE_COPIES, PICTURE_DOWNLOADS } from '../share/exportPicture.ts'
import type { MenuItem } from '../widgets/MenuItems.tsx'
import { openNamespace, unfold } from './flowModes.ts'
import { thingName, type FlowThing } from './flowThing.ts'
import { aboutThing, type ThingAbout } from './thingAbout.ts'

/** So many policies of a thing get entries of their own; Explain lists all. */
const MOST_POLICIES = 4

type Entries = (about: ThingAbout) => readonly MenuItem[]

/** The entries of a menu by kind of thing, in order. */
const ENTRIES: Readonly<Record<FlowThing['kind'], readonly Entries[]>> = {
  picture: [downloadEntries, copyPictureEntries],
  node: [
    focusEntries,
    policyEntries,
    packetEndEntries,
    foldEntries,
    namespaceEntries,
    sourceEntries,
    copyEntry,
  ],
  group: [focusEntries, namespaceEntries, sourceEntries, copyEntry],
  flow: [flowEntries, focusEntries, policyEntries, sourceEntries, copyEntry],
}

/** All that can be done with it. Each group of entries is drawn apart from the one before. */
export function thingMenu(thing: FlowThing, analysis: Analysis, view: GraphView): readonly MenuItem[] {
  const about = aboutThing(thing, analysis, view)
  return ENTRIES[thing.kind]
    .map(entries => entries(about))
    .filter(items => items.length > 0)
    .flatMap((items, group) =>
      items.map((item, i) => (group > 0 && i === 0 ? { ...item, apart: true } : item)),
    )
}

function downloadEntries(): readonly MenuItem[] {
  return PICTURE_DOWNLOADS.map(({ id, name, about, run }) => ({ id, label: name, about, run }))
}

function copyPictureEntries(): readonly MenuItem[] {
  return PICTURE_COPIES.map(({ id, name, run }) => ({ id, label: name, run }))
}

function focusEntries({ subjects }: ThingAbout): readonly MenuItem[] {
  return subjects.map((subject, i) => ({
    id: `focus-${i}`,
    label: `Focus on ${subjectText(subject)}`,
    about: 'Who may reach it, and where it may go',
    run: () => appStore.getState().setGraphView({ mode: 'focus', subject }),
  }))
}

function policyEntries({ policies, view }: ThingAbout): readonly MenuItem[] {
  return policies
    .filter(name => view.mode !== 'policy' || view.subject?.name !== name)
    .slice(0, MOST_POLICIES)
    .map(name => ({
      id: `policy-${name}`,
      label: `Policy ${name}`,
      run: () => appStore.getState().setGraphView({ mode: 'policy', subject: { kind: 'policy', name } }),
    }))
}

function packetEndEntries({ ends: [end] }: ThingAbout): readonly MenuItem[] {
  if (end === undefined) return []
  const text = endpointText(end)
  const follow = (field: 'from' | 'to', other: 'from' | 'to'): void => {
    const { askPacket, setView } = appStore.getState()
    setView({ inspectorTab: 'packet', pane: 'inspector' })
    askPacket({ [field]: text })
    focusWhenThere(`[data-field="${other}"]`)
  }
  return [
    { id: 'packet-from', label: 'Follow a packet from here', run: () => follow('from', 'to') },
    { id: 'packet-to', label: 'Follow a packet to here', run: () => follow('to', 'from') },
  ]
}

function flowEntries({ thing, ends: [source, target], analysis }: ThingAbout): readonly MenuItem[] {
  if (thing.kind !== 'flow' || source === undefined || target === undefined) return []
  const selection: Selection = { kind: 'flow', src: thing.src, dst: thing.dst }
  const show = (inspectorTab: 'explain' | 'packet'): void => {
    const { select, setView } = appStore.getState()
    setView({ inspectorTab, pane: 'inspector' })
    select(selection)
  }
  const follow = (): void => {
    const { askPacket, packet } = appStore.getState()
    const likely = trafficSuggestions(analysis, endpointText(target))[0]?.value ?? '80/TCP'
    askPacket({
      from: endpointText(source),
      to: endpointText(target),
      traffic: packet.traffic === '' ? likely : packet.traffic,
    })
    show('packet')
    focusWhenThere('[data-field="traffic"]')
  }
  return [
    { id: 'explain', label: 'Explain this flow', run: () => show('explain') },
    { id: 'packet', label: 'Follow a packet along it', run: follow },
    { id: 'expect', label: 'Expect this verdict', run: () => expectFlow(selection) },
  ]
}

/** An expectation takes the verdict from the flow's explanation, so that is waited for. */
function expectFlow(selection: Selection & { readonly kind: 'flow' }): void {
  const { select, setView } = appStore.getState()
  setView({ inspectorTab: 'explain' })
  select(selection)
  const isThere = (): boolean => {
    const { explained } = appStore.getState()
    return explained?.src === selection.src && explained.dst === selection.dst
  }
  if (isThere()) return expectThisFlow()
  const stop = appStore.subscribe(now => {
    const { selection: chosen } = now
    const stays = chosen?.kind === 'flow' && chosen.src === selection.src && chosen.dst === selection.dst
    if (stays && !isThere()) return
    stop()
    if (stays) expectThisFlow()
  })
}

function foldEntries({ thing }: ThingAbout): readonly MenuItem[] {
  if (thing.kind !== 'node') return []
  const { node } = thing
  const opens = node.kind === 'namespace' || node.kind === 'namespaces' || node.kind === 'more'
  if (node.canUnfold && opens) {
    const key = node.kind === 'namespace' ? node.title : node.id
    const label = node.kind === 'more' ? 'Show more of them' : 'Open'
    return [
      {
        id: 'open',
        label,
        run: () => openNamespace(key),
      },
    ]
  }
  if (node.canUnfold)
    return [
      {
        id: 'unfold',
        label: node.kind === 'cidr' ? 'Show block by block' : 'Show pod by pod',
        run: () => unfold(node.id, true),
      },
    ]
  const { fold } = node
  return fold === undefined
    ? []
    : [
        {
          id: 'fold',
          label: node.kind === 'cidr' ? 'Fold these blocks' : 'Fold alike pods',
          run: () => unfold(fold, false),
        },
      ]
}

function namespaceEntries({ namespace, view }: ThingAbout): readonly MenuItem[] {
  if (namespace === undefined) return []
  const { filter } = view
  const { setGraphView } = appStore.getState()
  const items: MenuItem[] = []
  if (view.opened.includes(namespace))
    items.push({
      id: 'close-namespace',
      label: `Close namespace ${namespace}`,
      run: () => openNamespace(namespace, false),
    })
  if (filter.namespaces.length !== 1 || filter.namespaces[0] !== namespace)
    items.push({
      id: 'only-namespace',
      label: `Only flows of namespace ${namespace}`,
      run: () => setGraphView({ filter: { ...filter, namespaces: [namespace] } }),
    })
  if (!isHiddenNamespace(namespace, filter))
    items.push({
      id: 'hide-namespace',
      label: `Hide namespace ${namespace}`,
      about: 'Its pods and their flows; the filter above brings them back',
      run: () => setGraphView({ filter: { ...filter, ...hiding(filter, namespace) } }),
    })
  if (isSystemNamespace(namespace) && !filter.hideSystem)
    items.push({
      id: 'hide-system',
      label: 'Hide system namespaces',
      run: () => setGraphView({ filter: { ...filter, hideSystem: true } }),
    })
  return items
}

/** Where it stands in the text, and what it made of rules. */
function sourceEntries({ thing, analysis, ends, policies, namespace }: ThingAbout): readonly MenuItem[] {
  const resources: readonly ResourceKey[] = [
    ...(thing.kind === 'flow' ? [] : ends.flatMap(end => resourceOf(end) ?? [])),
    ...(ends.length === 0 && namespace !== undefined ? [`Namespace/${namespace}`] : []),
    ...policies.slice(0, MOST_POLICIES).map(name => `NetworkPolicy/${name}`),
  ]
  const yaml = resources.flatMap((resource): readonly MenuItem[] => {
    const place = placeOfOrigin(analysis, { resource, path: '' })
    if (place === undefined) return []
    const name = resource.slice(resource.indexOf('/') + 1)
    return [
      {
        id: `yaml-${resource}`,
        label: `YAML of ${name}`,
        run: () => appStore.getState().revealRange(place.file, place.range.start, place.range.end),
      },
    ]
  })
  const selection = selectionOf(thing, ends, namespace)
  if (selection === undefined) return yaml
  const showRules = (): void => {
    const { select, setView } = appStore.getState()
    setView({ inspectorTab: 'iptables' })
    select(selection)
    setView({ inspectorTab: 'iptables', pane: 'inspector' })
  }
  return [...yaml, { id: 'rules', label: 'Show its rules', run: showRules }]
}

function resourceOf(end: Endpoint): ResourceKey | undefined {
  return end.kind === 'pod' ? (end.workload ?? `Pod/${end.namespace}/${end.name}`) : undefined
}

function selectionOf(
  thing: FlowThing,
  [end]: readonly Endpoint[],
  namespace: string | undefined,
): Selection | undefined {
  if (thing.kind === 'flow') return { kind: 'flow', src: thing.src, dst: thing.dst }
  if (end !== undefined) return { kind: 'endpoint', id: end.id }
  return namespace === undefined ? undefined : { kind: 'namespace', name: namespace }
}

function copyEntry({ thing }: ThingAbout): readonly MenuItem[] {
  const name = thingName(thing)
  const copy = async (): Promise<void> => {
    const copied = await copyText(name)
    appStore
      .getState()
      .tell(
        copied
          ? { tone: 'success', text: 'Copied' }
          : { tone: 'problem', text: 'Failed: the browser refused the clipboard.' },
      )
  }
  const label = thing.kind === 'flow' ? 'Copy as text' : 'Copy name'
  return [{ id: 'copy', label, run: () => void copy() }]
}
