import {
  Background,
  BackgroundVariant,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
  type NodeChange,
} from '@xyflow/react'
import '@xyflow/react/dist/style.css'
import { memo, useCallback, useEffect, useMemo, useRef, type KeyboardEvent, type MouseEvent } from 'react'
import { familyOf, nestingOf } from '../../graph/boxes.ts'
import { boundsOf } from '../../graph/geometry.ts'
import type { HighlightInput } from '../../graph/highlight.ts'
import { CAREFUL_EDGES } from '../../graph/labels.ts'
import type { GraphLayout, Picture, Point, Rect, Route } from '../../model/picture.ts'
import { appStore } from '../../store/appStore.ts'
import { hoverStore } from '../../store/hoverStore.ts'
import { ExpectationMarks } from '../expectations/ExpectationMarks.tsx'
import { CanvasMiniMap } from './CanvasMiniMap.tsx'
import { canvasElements, flowNodeTypes, flowEdgeTypes, type CanvasNode } from './canvasElements.ts'
import { selectionOfEdge, selectionOfNode } from './canvasSelection.ts'
import type { FlowEdgeType } from './FlowEdge.tsx'
import { PacketLayer } from '../packet/PacketLayer.tsx'
import { GraphTip } from './GraphTip.tsx'
import { EdgeLabels } from './EdgeLabels.tsx'
import { canvasRequests } from './canvasRequests.ts'
import { seenPicture } from './seenPicture.ts'
import { useStore } from 'zustand'
import { useAppStore } from '../useApp.ts'
import { openNamespace, unfold } from './flowModes.ts'
import { asksForMenu, openFlowMenu } from './flowMenuStore.ts'
import { thingOf } from './flowThing.ts'
import { arrowOf, neighbourOf, nextLine, otherEnd } from './travel.ts'
import { LEAST_ZOOM, useFit } from './useFit.ts'
import { useSteady } from './useSteady.ts'
import { useKept } from './useKept.ts'
import { useCanvasHighlight } from './useCanvasHighlight.ts'
import styles from './FlowPane.module.css'

interface Props {
  readonly picture: Picture
  readonly input: HighlightInput
  /** `pictureKey` of the view that it is of. */
  readonly pictureId: string
  readonly resetRequest: number
}

/** How far Shift and an arrow key move a node. */
const KEY_STEP = 16
const LARGE = 60

/** What React Flow tells a screen reader about nodes and edges. */
const ARIA_TEXTS = {
  'node.a11yDescription.default':
    'Press enter to select, the arrow keys to go to a neighbour, E for its lines, shift and F10 for all actions, shift and an arrow key to move it, escape to clear the selection.',
  'node.a11yDescription.keyboardDisabled': 'Press enter to select, escape to clear the selection.',
  'edge.a11yDescription.default':
    'Press enter to select and explain this flow, E for the next line, O for its other end, shift and F10 for all actions, escape to clear the selection.',
}

/** Drawn only when the picture is another one: what the pane learns besides does not concern it. */
export const FlowCanvas = memo(function FlowCanvas(props: Props) {
  return (
    <ReactFlowProvider>
      <Canvas {...props} />
    </ReactFlowProvider>
  )
})

function Canvas({ picture, input, pictureId, resetRequest }: Props) {
  const wrapper = useRef<HTMLDivElement>(null)
  const { model } = picture
  const moved = useAppStore(state => state.moved.get(pictureId))
  const nesting = useMemo(() => nestingOf(model), [model])
  const { layout: rects, routes } = useMemo(
    () => seenPicture(picture, moved, nesting),
    [picture, moved, nesting],
  )
  const elements = useMemo(
    () => canvasElements(model, rects, routes, nesting),
    [model, rects, routes, nesting],
  )
  const nodes = useKept(elements.nodes)
  const edges = useKept(elements.edges)

  const moveTo = useCallback(
    (id: string, at: Point) => {
      const current = rects.get(id)
      if (current === undefined) return
      const dx = at.x - current.x
      const dy = at.y - current.y
      const leaves = familyOf(id, nesting).filter(member => !nesting.children.has(member))
      const places = leaves.flatMap((member): readonly (readonly [string, Point])[] => {
        const rect = rects.get(member)
        return rect === undefined ? [] : [[member, { x: rect.x + dx, y: rect.y + dy }]]
      })
      appStore.getState().moveNodes(pictureId, new Map(places))
    },
    [pictureId, rects, nesting],
  )
  // Every node would be drawn anew for a new handler.
  const onNodesChange = useSteady((changes: NodeChange<CanvasNode>[]) => {
    for (const change of changes) {
      if (change.type !== 'position' || change.position === undefined) continue
      const parent = rects.get(nesting.nodes.get(change.id)?.parent ?? '')
      moveTo(change.id, {
        x: change.position.x + (parent?.x ?? 0),
        y: change.position.y + (parent?.y ?? 0),
      })
    }
  })

  const extent = useMemo(() => extentOf(rects, routes), [rects, routes])
  const fits = useStore(canvasRequests, state => state.fits)
  const structure = [pictureId, ...nesting.roots, fits, resetRequest].join()
  const { touch } = useFit(wrapper, extent, structure)

  const { zoomIn, zoomOut } = useReactFlow()
  useEffect(
    () =>
      canvasRequests.subscribe((now, before) => {
        if (now.nearer !== before.nearer) void zoomIn()
        if (now.farther !== before.farther) void zoomOut()
        if (now.fits === before.fits) touch()
      }),
    [zoomIn, zoomOut, touch],
  )

  const drawn = useMemo(() => ({ model, routes }), [model, routes])
  useCanvasHighlight(wrapper, drawn, input)
  const select = appStore.getState().select
  const pick = (id: string, kind: 'node' | 'edge') => {
    const selection = kind === 'node' ? selectionOfNode(id, model, input) : selectionOfEdge(id, model)
    if (selection !== undefined) select(selection)
  }
  const onNodeClick = useSteady((_: MouseEvent, node: CanvasNode) => pick(node.id, 'node'))
  const onEdgeClick = useSteady((_: MouseEvent, edge: FlowEdgeType) => pick(edge.id, 'edge'))
  const onNodeDoubleClick = useSteady((_: MouseEvent, node: CanvasNode) => {
    const own = nesting.nodes.get(node.id)
    if (own?.kind === 'namespace') openNamespace(own.title)
    else if (own?.kind === 'namespaces' || own?.kind === 'more') openNamespace(own.id)
    else if (own?.canUnfold === true) unfold(node.id, true)
  })
  const travelledFrom = useRef<string>(undefined)
  /** The end of a line that one came from; its source for a line that was reached otherwise. */
  const startOf = (line: string): string => {
    const edge = model.edges.find(({ id }) => id === line)
    const from = travelledFrom.current
    return from !== undefined && edge?.target === from ? from : (edge?.source ?? '')
  }
  const focusOn = (kind: 'node' | 'edge', id: string): void =>
    wrapper.current
      ?.querySelector<HTMLElement | SVGElement>(`.react-flow__${kind}[data-id="${CSS.escape(id)}"]`)
      ?.focus()
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') {
      select(undefined)
      return
    }
    const at = elementAt(event.target)
    if (asksForMenu(event)) {
      const thing = at && thingOf(at, model)
      if (at === undefined || thing === undefined) return
      event.preventDefault()
      openFlowMenu(thing, at.element)
      return
    }
    const arrow = arrowOf(event.key)
    if (at?.kind === 'node' && arrow !== undefined) {
      event.preventDefault()
      const rect = rects.get(at.id)
      if (event.shiftKey && rect !== undefined) {
        moveTo(at.id, { x: rect.x + arrow.x * KEY_STEP, y: rect.y + arrow.y * KEY_STEP })
        return
      }
      const next = neighbourOf(
        at.id,
        arrow,
        new Map([...rects].filter(([id]) => nesting.nodes.has(id) || id === at.id)),
      )
      if (next !== undefined) focusOn('node', next)
      return
    }
    if (at !== undefined && isPlain(event) && event.key.toLowerCase() === 'e') {
      // A line is left along the lines of the node that one came from.
      if (at.kind === 'node') travelledFrom.current = at.id
      const from = at.kind === 'node' ? at.id : startOf(at.id)
      const line = nextLine(
        from,
        at.kind === 'edge' ? at.id : undefined,
        event.shiftKey ? -1 : 1,
        model.edges,
      )
      if (line !== undefined) focusOn('edge', line)
      return
    }
    if (at?.kind === 'edge' && isPlain(event) && event.key.toLowerCase() === 'o') {
      const end = otherEnd(at.id, startOf(at.id), model.edges)
      if (end !== undefined) focusOn('node', end)
      return
    }
    if (at === undefined || (event.key !== 'Enter' && event.key !== ' ')) return
    if (event.target instanceof HTMLButtonElement) return
    event.preventDefault()
    pick(at.id, at.kind)
  }
  const onPointer = (event: MouseEvent) => {
    // What passes below the pointer while the picture is dragged is not pointed at.
    if (event.buttons !== 0) return
    const at = elementAt(event.target)
    const selection =
      at === undefined
        ? undefined
        : at.kind === 'node'
          ? selectionOfNode(at.id, model, input)
          : selectionOfEdge(at.id, model)
    hoverStore.getState().hover(selection)
  }

  const onContextMenu = (event: MouseEvent<HTMLElement>) => {
    const at = elementAt(event.target)
    const thing = at === undefined ? ({ kind: 'picture' } as const) : thingOf(at, model)
    if (thing === undefined) return
    event.preventDefault()
    openFlowMenu(thing, at?.element ?? event.currentTarget, event)
  }

  const onLabelClick = (event: MouseEvent) => {
    if (!(event.target instanceof Element)) return
    const id = event.target.closest('.flow-label')?.getAttribute('data-id')
    if (id !== null && id !== undefined) pick(id, 'edge')
  }

  return (
    <div
      ref={wrapper}
      className={styles.canvas}
      data-dense={model.edges.length > CAREFUL_EDGES || undefined}
      onKeyDown={onKeyDown}
      onMouseOver={onPointer}
      onContextMenu={onContextMenu}
      onClick={onLabelClick}
      onMouseLeave={() => hoverStore.getState().hover(undefined)}
    >
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={flowNodeTypes}
        edgeTypes={flowEdgeTypes}
        onNodesChange={onNodesChange}
        onNodeClick={onNodeClick}
        onNodeDoubleClick={onNodeDoubleClick}
        onEdgeClick={onEdgeClick}
        onPaneClick={event => {
          const at = elementAt(event.target)
          if (at === undefined) select(undefined)
        }}
        onMoveStart={event => {
          if (event !== null) touch()
        }}
        nodesConnectable={false}
        elementsSelectable={false}
        nodesFocusable
        edgesFocusable
        elevateNodesOnSelect={false}
        deleteKeyCode={null}
        selectionKeyCode={null}
        multiSelectionKeyCode={null}
        zIndexMode="manual"
        minZoom={LEAST_ZOOM}
        maxZoom={2.5}
        aria-label="Flow graph"
        ariaLabelConfig={ARIA_TEXTS}
      >
        <Background variant={BackgroundVariant.Dots} gap={22} size={1.2} color="var(--border)" />
        <EdgeLabels edges={edges} />
        <ExpectationMarks model={model} rects={rects} edges={edges} endpoints={input.endpoints} />
        <PacketLayer model={model} rects={rects} routes={routes} endpoints={input.endpoints} />
        {model.nodes.length > LARGE && <CanvasMiniMap extent={extent} />}
      </ReactFlow>
      <GraphTip wrapper={wrapper} model={model} endpoints={input.endpoints} />
    </div>
  )
}

function isPlain({ altKey, ctrlKey, metaKey }: KeyboardEvent): boolean {
  return !altKey && !ctrlKey && !metaKey
}

/** All that is drawn, lines and labels too. */
function extentOf(rects: GraphLayout, routes: ReadonlyMap<string, Route>): Rect | undefined {
  const corners = [...routes.values()].flatMap(route => [
    ...route.points.map(point => ({ ...point, width: 0, height: 0 })),
    ...(route.label === undefined ? [] : [route.label]),
  ])
  return boundsOf([...rects.values(), ...corners])
}

/** The node or edge that an event happened in, and what takes the focus for it. */
function elementAt(target: EventTarget):
  | {
      readonly kind: 'node' | 'edge'
      readonly id: string
      readonly element: HTMLElement | SVGElement
    }
  | undefined {
  if (!(target instanceof Element)) return undefined
  const found = target.closest<HTMLElement | SVGElement>('.react-flow__node, .react-flow__edge, .flow-label')
  const id = found?.getAttribute('data-id')
  if (found === null || id === null || id === undefined) return undefined
  if (found.classList.contains('react-flow__node')) return { kind: 'node', id, element: found }
  const edge = found
    .closest('.react-flow')
    ?.querySelector<SVGElement>(`.react-flow__edge[data-id="${CSS.escape(id)}"]`)
  return { kind: 'edge', id, element: edge ?? found }
}
