import { useEffect, type RefObject } from 'react'
import { highlightOf, type Highlight, type HighlightInput } from '../../graph/highlight.ts'
import { CAREFUL_EDGES, toldLabels } from '../../graph/labels.ts'
import type { Picture } from '../../model/picture.ts'
import type { Analysis } from '../../model/protocol.ts'
import { appStore } from '../../store/appStore.ts'
import { hoverStore } from '../../store/hoverStore.ts'
import { graphSelection } from '../../store/packet.ts'
import type { Selection } from '../../store/selection.ts'
import { displayedAnalysis } from '../../store/timeline.ts'

const LAYERS = '.react-flow__edges, .react-flow__nodes, .react-flow__viewport-portal'

/**
 * Marks what the selection and the pointer are about with `data-lit` and `data-pointed`, what is selected itself with
 * `data-chosen`, and in a crowded picture the labels to show with `data-told`, past React: hovering must not render a
 * node anew.
 */
export function useCanvasHighlight(
  wrapper: RefObject<HTMLDivElement | null>,
  { model, routes }: Pick<Picture, 'model' | 'routes'>,
  input: HighlightInput,
): void {
  useEffect(() => {
    const root = wrapper.current
    if (root === null) return
    const resolve = (target: Selection | undefined): Highlight =>
      highlightOf(model, input, target, resourcesBehind(displayedAnalysis(appStore.getState()), target))
    const show = (): void => {
      const lit = resolve(graphSelection(appStore.getState()))
      const pointed = resolve(hoverStore.getState().hovered)
      mark(root, 'data-lit', lit)
      mark(root, 'data-pointed', pointed)
      tell(root, lit.chosen, 'data-chosen', '.react-flow__node')
      const meant = pointed.edges.size > 0 ? pointed : lit
      if (model.edges.length > CAREFUL_EDGES)
        tell(root, toldLabels(model.edges, routes, meant.edges), 'data-told', '.flow-label')
    }
    show()
    // React Flow draws its elements when it likes, lines later than nodes.
    const drawn = new MutationObserver(records => {
      const isDrawn = ({ target, addedNodes }: MutationRecord): boolean =>
        addedNodes.length > 0 && target instanceof Element && target.closest(LAYERS) !== null
      if (records.some(isDrawn)) show()
    })
    drawn.observe(root, { childList: true, subtree: true })
    const stopSelection = appStore.subscribe((now, before) => {
      // Chains and sets change although the picture made from the same text need not.
      if (
        now.selection !== before.selection ||
        now.packetAnswer !== before.packetAnswer ||
        displayedAnalysis(now) !== displayedAnalysis(before)
      )
        show()
    })
    const stopHover = hoverStore.subscribe(show)
    return () => {
      drawn.disconnect()
      stopSelection()
      stopHover()
    }
  }, [wrapper, model, routes, input])
}

function tell(root: HTMLElement, ids: ReadonlySet<string>, attribute: string, selector: string): void {
  for (const element of root.querySelectorAll(selector)) {
    const told = ids.has(element.getAttribute('data-id') ?? '')
    if (told !== element.hasAttribute(attribute)) element.toggleAttribute(attribute, told)
  }
}

function mark(root: HTMLElement, attribute: string, { nodes, edges, groups }: Highlight): void {
  const any = nodes.size + edges.size + groups.size > 0
  root.toggleAttribute(`${attribute}-any`, any)
  for (const element of root.querySelectorAll('.react-flow__node, .react-flow__edge, .flow-label')) {
    const id = element.getAttribute('data-id') ?? ''
    const lit = nodes.has(id) || edges.has(id) || groups.has(id)
    if (lit !== element.hasAttribute(attribute)) element.toggleAttribute(attribute, lit)
  }
}

/** The resources that a chain, a rule or a set was made from. */
function resourcesBehind(analysis: Analysis | undefined, target: Selection | undefined): readonly string[] {
  if (analysis === undefined) return []
  const { tables, sets } = analysis.ruleset
  const chain = (name: string) => tables.flatMap(table => table.chains).find(one => one.name === name)
  switch (target?.kind) {
    case 'chain':
      return chain(target.name)?.rules.flatMap(rule => rule.origin?.resource ?? []) ?? []
    case 'rule': {
      const origin = chain(target.chain)?.rules[target.number - 1]?.origin
      return origin === undefined ? [] : [origin.resource]
    }
    case 'set':
      return sets.find(set => set.name === target.name)?.origins?.map(origin => origin.resource) ?? []
    default:
      return []
  }
}
