import {
  Background,
  BackgroundVariant,
  MiniMap,
  ReactFlow,
  ReactFlowProvider,
  useNodesInitialized,
  useReactFlow,
  type NodeChange,
} from '@xyflow/react'
import '@xyflow/react/dist/style.css'
import { useCallback, useEffect, useMemo, useRef, useState, type KeyboardEvent, type MouseEvent } from 'react'
import { familyOf, fitBoxes, nestingOf } from '../../graph/boxes.ts'
import type { Rect } from '../../graph/geometry.ts'
import type { GraphModel } from '../../graph/graphModel.ts'
import { layoutLanes, type GraphLayout } from '../../graph/layout.ts'
import { routeEdges } from '../../graph/routes.ts'
import type { Analysis } from '../../model/protocol.ts'
import { appStore } from '../../store/appStore.ts'
import { hoverStore } from '../../store/hoverStore.ts'
import { canvasElements, flowNodeTypes, flowEdgeTypes, type CanvasNode } from './canvasElements.ts'
import { selectionOfEdge, selectionOfNode } from './canvasSelection.ts'
import { useCanvasHighlight } from './useCanvasHighlight.ts'
import styles from './FlowPane.module.css'

interface Props {
  readonly model: GraphModel
  readonly analysis: Analysis
  readonly resetRequest: number
  readonly fitRequest: number
  readonly onUnfold: (id: string, unfold: boolean) => void
  readonly onOpenNamespace: (name: string) => void
}

const FIT = { padding: 0.08, maxZoom: 1.15, minZoom: 0.35 }
const LARGE = 60
/** From here on labels show only where one points. */
const DENSE = 90

export function FlowCanvas(props: Props) {
  return (
    <ReactFlowProvider>
      <Canvas {...props} />
    </ReactFlowProvider>
  )
}

function Canvas({ model, analysis, resetRequest, fitRequest, onUnfold, onOpenNamespace }: Props) {
  const flow = useReactFlow()
  const wrapper = useRef<HTMLDivElement>(null)
  const [dragged, setDragged] = useState<ReadonlyMap<string, Rect>>(new Map())
  const nesting = useMemo(() => nestingOf(model), [model])
  const lanes = useSettledLayout(model, resetRequest)
  const rects = useMemo(() => withDragged(lanes, dragged, nesting), [lanes, dragged, nesting])
  const routes = useMemo(() => routeEdges(model.edges, rects, nesting), [model, rects, nesting])
  const [lastReset, setLastReset] = useState(resetRequest)
  if (lastReset !== resetRequest) {
    setLastReset(resetRequest)
    setDragged(new Map())
  }

  const { nodes, edges } = useMemo(
    () => canvasElements(model, rects, routes, nesting, { onUnfold, onOpenNamespace }),
    [model, rects, routes, nesting, onUnfold, onOpenNamespace],
  )

  const onNodesChange = useCallback(
    (changes: NodeChange<CanvasNode>[]) => {
      const steps = changes.flatMap(change =>
        change.type === 'position' && change.position !== undefined
          ? [{ id: change.id, at: change.position }]
          : [],
      )
      if (steps.length === 0) return
      setDragged(now => {
        const next = new Map(now)
        for (const { id, at } of steps) {
          const current = rects.get(id)
          const node = nesting.nodes.get(id)
          const parent = node?.parent === undefined ? undefined : rects.get(node.parent)
          if (current === undefined) continue
          const dx = at.x + (parent?.x ?? 0) - current.x
          const dy = at.y + (parent?.y ?? 0) - current.y
          for (const member of familyOf(id, nesting)) {
            const rect = rects.get(member)
            if (rect !== undefined && !nesting.children.has(member))
              next.set(member, { ...rect, x: rect.x + dx, y: rect.y + dy })
          }
        }
        return next
      })
    },
    [rects, nesting],
  )

  const initialized = useNodesInitialized()
  const { fitView } = flow
  const structure = [...nesting.roots].join()
  useEffect(() => {
    if (initialized) void fitView(FIT)
  }, [initialized, fitView, structure, fitRequest, resetRequest])

  useCanvasHighlight(wrapper, model, analysis)
  const select = appStore.getState().select
  const pick = (id: string, kind: 'node' | 'edge') => {
    const selection = kind === 'node' ? selectionOfNode(id, model, analysis) : selectionOfEdge(id, model)
    if (selection !== undefined) select(selection)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') {
      select(undefined)
      return
    }
    const at = elementAt(event.target)
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
          ? selectionOfNode(at.id, model, analysis)
          : selectionOfEdge(at.id, model)
    hoverStore.getState().hover(selection)
  }

  return (
    <div
      ref={wrapper}
      className={styles.canvas}
      data-dense={model.edges.length > DENSE || undefined}
      onKeyDown={onKeyDown}
      onMouseOver={onPointer}
      onMouseLeave={() => hoverStore.getState().hover(undefined)}
    >
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={flowNodeTypes}
        edgeTypes={flowEdgeTypes}
        onNodesChange={onNodesChange}
        onNodeClick={(_, node) => pick(node.id, 'node')}
        onNodeDoubleClick={(_, node) => {
          const own = nesting.nodes.get(node.id)
          if (own?.kind === 'namespace') onOpenNamespace(own.title)
          else if (own?.canUnfold === true) onUnfold(node.id, true)
        }}
        onEdgeClick={(_, edge) => pick(edge.id, 'edge')}
        onPaneClick={() => select(undefined)}
        nodesConnectable={false}
        elementsSelectable={false}
        nodesFocusable
        edgesFocusable
        elevateNodesOnSelect={false}
        deleteKeyCode={null}
        selectionKeyCode={null}
        multiSelectionKeyCode={null}
        zIndexMode="manual"
        minZoom={0.1}
        maxZoom={2.5}
        fitView
        fitViewOptions={FIT}
        aria-label="Flow graph"
      >
        <Background variant={BackgroundVariant.Dots} gap={22} size={1.2} color="var(--border)" />
        {model.nodes.length > LARGE && <MiniMap pannable ariaLabel="Overview of the flow graph" />}
      </ReactFlow>
    </div>
  )
}

/** Lanes that keep what did not change in its place, from one model to the next, until a reset. */
function useSettledLayout(model: GraphModel, resetRequest: number): GraphLayout {
  const [state, setState] = useState(() => ({ model, resetRequest, layout: layoutLanes(model) }))
  if (state.model === model && state.resetRequest === resetRequest) return state.layout
  const layout = layoutLanes(model, state.resetRequest === resetRequest ? state.layout : undefined)
  setState({ model, resetRequest, layout })
  return layout
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

/** The node or edge that an event happened in. */
function elementAt(target: EventTarget): { readonly kind: 'node' | 'edge'; readonly id: string } | undefined {
  if (!(target instanceof Element)) return undefined
  const element = target.closest<HTMLElement | SVGElement>('.react-flow__node, .react-flow__edge')
  const id = element?.getAttribute('data-id')
  if (element === null || id === null || id === undefined) return undefined
  return { kind: element.classList.contains('react-flow__node') ? 'node' : 'edge', id }
}
