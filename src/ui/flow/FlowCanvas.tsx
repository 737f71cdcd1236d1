import {
  Background,
  BackgroundVariant,
  MiniMap,
  ReactFlow,
  ReactFlowProvider,
  type NodeChange,
} from '@xyflow/react'
import '@xyflow/react/dist/style.css'
import { memo, useCallback, useMemo, useRef, useState, type KeyboardEvent, type MouseEvent } from 'react'
import { familyOf, fitBoxes, nestingOf } from '../../graph/boxes.ts'
import { boundsOf, moved, type Point, type Rect } from '../../graph/geometry.ts'
import type { HighlightInput } from '../../graph/highlight.ts'
import { CAREFUL_EDGES } from '../../graph/labels.ts'
import { routeEdges } from '../../graph/routes.ts'
import type { GraphLayout, Picture, Route } from '../../model/picture.ts'
import { appStore } from '../../store/appStore.ts'
import { hoverStore } from '../../store/hoverStore.ts'
import { ExpectationMarks } from '../expectations/ExpectationMarks.tsx'
import { canvasElements, flowNodeTypes, flowEdgeTypes, type CanvasNode } from './canvasElements.ts'
import { selectionOfEdge, selectionOfNode } from './canvasSelection.ts'
import type { FlowEdgeType } from './FlowEdge.tsx'
import { PacketLayer } from '../packet/PacketLayer.tsx'
import { GraphTip } from './GraphTip.tsx'
import { EdgeLabels } from './EdgeLabels.tsx'
import { openNamespace, unfold } from './flowModes.ts'
import { asksForMenu, openFlowMenu } from './flowMenuStore.ts'
import { thingOf } from './flowThing.ts'
import { arrowOf, neighbourOf } from './travel.ts'
import { LEAST_ZOOM, useFit } from './useFit.ts'
import { useSteady } from './useSteady.ts'
import { useKept } from './useKept.ts'
import { useCanvasHighlight } from './useCanvasHighlight.ts'
import styles from './FlowPane.module.css'

interface Props {
  readonly picture: Picture
  readonly input: HighlightInput
  readonly resetRequest: number
  readonly fitRequest: number
}

/** How far Shift and an arrow key move a node. */
const KEY_STEP = 16
const LARGE = 60
/** Small enough to hide little of what it is an overview of. */
const MINIMAP_SIZE = { width: 120, height: 84 }

/** What React Flow tells a screen reader about nodes and edges. */
const ARIA_TEXTS = {
  'node.a11yDescription.default':
    'Press enter to select, the arrow keys to go to a neighbour, shift and an arrow key to move it, escape to clear the selection.',
  'node.a11yDescription.keyboardDisabled': 'Press enter to select, escape to clear the selection.',
  'edge.a11yDescription.default':
    'Press enter to select and explain this flow, escape to clear the selection.',
}

/** Drawn only when the picture is another one: what the pane learns besides does not concern it. */
export const FlowCanvas = memo(function FlowCanvas(props: Props) {
  return (
    <ReactFlowProvider>
      <Canvas {...props} />
    </ReactFlowProvider>
  )
})

function Canvas({ picture, input, resetRequest, fitRequest }: Props) {
  const wrapper = useRef<HTMLDivElement>(null)
  const [dragged, setDragged] = useState<ReadonlyMap<string, Rect>>(new Map())
  const { model, layout } = picture
  const nesting = useMemo(() => nestingOf(model), [model])
  const rects = useMemo(() => withDragged(layout, dragged, nesting), [layout, dragged, nesting])
  const routes = useMemo(
    () => (rects === layout ? picture.routes : routeEdges(model.edges, rects, nesting)),
    [picture, layout, model, rects, nesting],
  )
  const [lastReset, setLastReset] = useState(resetRequest)
  if (lastReset !== resetRequest) {
    setLastReset(resetRequest)
    setDragged(new Map())
  }

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
      setDragged(now => {
        const next = new Map(now)
        for (const member of familyOf(id, nesting)) {
          const rect = rects.get(member)
          if (rect !== undefined && !nesting.children.has(member)) next.set(member, moved(rect, dx, dy))
        }
        return next
      })
    },
    [rects, nesting],
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
  const structure = [...nesting.roots, fitRequest, resetRequest].join()
  const { touch } = useFit(wrapper, extent, structure)

  useCanvasHighlight(wrapper, model, input)
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
      if (next !== undefined)
        wrapper.current
          ?.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(next)}"]`)
          ?.focus()
      return
    }
    if (at === undefined || (event.key !== 'Enter' && event.key !== ' ')) return
    if (event.target instanceof HTMLButtonElement) return
    event.preventDefault()
    pick(at.id, at.kind)
  }
  const onPointer = (event: MouseEvent) => {
    const at = elementAt(event.target)
    const selection =
      at === undefined
        ? undefined
        : at.kind === 'node'
          ? selectionOfNode(at.id, model, input)
          : selectionOfEdge(at.id, model)
    hoverStore.getState().hover(selection)
  }

  const onContextMenu = (event: MouseEvent) => {
    const at = elementAt(event.target)
    const thing = at && thingOf(at, model)
    if (at === undefined || thing === undefined) return
    event.preventDefault()
    openFlowMenu(thing, at.element, event)
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
        {model.nodes.length > LARGE && (
          <MiniMap pannable ariaLabel="Overview of the flow graph" style={MINIMAP_SIZE} />
        )}
      </ReactFlow>
      <GraphTip wrapper={wrapper} model={model} endpoints={input.endpoints} />
    </div>
  )
}

/** All that is drawn, lines and labels too. */
function extentOf(rects: GraphLayout, routes: ReadonlyMap<string, Route>): Rect | undefined {
  const corners = [...routes.values()].flatMap(route => [
    ...route.points.map(point => ({ ...point, width: 0, height: 0 })),
    ...(route.label === undefined ? [] : [route.label]),
  ])
  return boundsOf([...rects.values(), ...corners])
}

function withDragged(
  layout: GraphLayout,
  dragged: ReadonlyMap<string, Rect>,
  nesting: ReturnType<typeof nestingOf>,
): GraphLayout {
  if (dragged.size === 0) return layout
  const leaves = new Map([...layout].filter(([id]) => !nesting.children.has(id)))
  for (const [id, rect] of dragged) {
    const own = leaves.get(id)
    if (own !== undefined) leaves.set(id, { ...own, x: rect.x, y: rect.y })
  }
  return fitBoxes(leaves, nesting)
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
