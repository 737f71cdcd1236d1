import { analyze, createAnalysisCache, type Analyzed } from '../analysis/analyze.ts'
import type { Assessment } from '../analysis/assess.ts'
import { flowReasons } from '../analysis/flows/flowReasons.ts'
import { arrangeScene, drawScene } from '../graph/drawPicture.ts'
import { sortedFlows, type SortedFlows } from '../graph/flowList.ts'
import { flowMatrix } from '../graph/flowMatrix.ts'
import { graphBaseOf } from '../graph/graphBase.ts'
import type { GraphInput } from '../graph/graphModel.ts'
import { graphSceneOf, type GraphScene } from '../graph/graphScene.ts'
import { required } from '../model/assert.ts'
import type { FlowList, FlowMatrix } from '../model/flowList.ts'
import type { GraphView } from '../model/graphView.ts'
import type { GraphLayout, Picture } from '../model/picture.ts'
import type { WorkerQuestion } from '../model/protocol.ts'
import type { Scenario } from '../model/scenario.ts'
import { CANCELLED, createElkRunner } from './elkRunner.ts'

/** What a picture is drawn of: now, or the node after a step of the timeline. */
export type Drawable = Assessment & Pick<Analyzed, 'analysis'>

type ListQuestion = Extract<WorkerQuestion, { readonly op: 'flows' }>

/** Of so many kinds of pictures it is known where things stood. */
const LAYOUTS_KEPT = 12

export interface GraphAnswers {
  readonly picture: (of: Drawable, view: GraphView, reset: boolean) => Picture
  /** In the layout that takes longer; undefined when a later picture cancels it. */
  readonly arrange: (of: Drawable, view: GraphView) => Promise<Picture | undefined>
  readonly list: (of: Drawable, question: ListQuestion) => FlowList
  readonly matrix: (of: Drawable, view: GraphView) => FlowMatrix
  /** Whether the base could be read. */
  readonly setBase: (scenario: Scenario | undefined) => boolean
}

/** Keeps what the next picture, or the next part of a list, is quicker with, and where things stood. */
export function createGraphAnswers(): GraphAnswers {
  const cache = createAnalysisCache()
  let base: Analyzed | undefined
  let scene: { readonly of: Drawable['connectivity']; readonly scene: GraphScene } | undefined
  let listed: { readonly key: string; readonly flows: SortedFlows } | undefined
  /** Where things stood in the newest picture of each kind. */
  const layouts = new Map<string, GraphLayout>()
  const elk = createElkRunner()

  const sceneOf = (of: Drawable): GraphScene => {
    if (scene?.of !== of.connectivity) {
      scene = { of: of.connectivity, scene: graphSceneOf(inputOf(of, base)) }
      listed = undefined
    }
    return scene.scene
  }
  return {
    picture: (of, view, reset) => {
      elk.cancel()
      const kind = kindOf(view)
      const picture = drawScene(sceneOf(of), view, reset ? undefined : layouts.get(kind))
      layouts.delete(kind)
      if (picture.arranged) layouts.set(kind, picture.layout)
      const [oldest] = layouts.keys()
      if (layouts.size > LAYOUTS_KEPT && oldest !== undefined) layouts.delete(oldest)
      return picture
    },
    arrange: async (of, view) => {
      elk.cancel()
      try {
        const picture = await arrangeScene(sceneOf(of), view, elk.layout)
        layouts.set(kindOf(view), picture.layout)
        return picture
      } catch (error) {
        if (error instanceof Error && error.message === CANCELLED) return undefined
        throw error
      }
    },
    list: (of, { view, column, order, offset, limit }) => {
      const own = sceneOf(of)
      const { filter, unrestricted, unfolded, opened } = view
      const key = JSON.stringify({ filter, unrestricted, unfolded, opened, column, order })
      if (listed?.key !== key || listed.flows.summed < 1)
        listed = { key, flows: sortedFlows(own, view, column, order) }
      return listed.flows.part(offset, limit)
    },
    matrix: (of, view) => flowMatrix(sceneOf(of), view),
    setBase: scenario => {
      const analyzed = scenario && analyze(scenario, cache)
      base = analyzed?.analysis.usable === true ? analyzed : undefined
      scene = listed = undefined
      return base !== undefined
    },
  }
}

/** Pictures of one kind keep their places from one to the next, whatever was looked at in between. */
function kindOf({ mode, layout, subject }: GraphView): string {
  return mode === 'focus' || mode === 'policy' ? `${subject?.kind ?? ''} ${subject?.name ?? ''}` : layout
}

function inputOf(of: Drawable, base: Analyzed | undefined): GraphInput {
  const { connectivity, analysis } = of
  const { endpoints } = connectivity
  const at = (index: number) => required(endpoints[index], 'endpoint')
  return {
    connectivity,
    policies: analysis.policies,
    namespaces: analysis.namespaces,
    explain: (source, target) => flowReasons(of, at(source), at(target)),
    ...(base !== undefined && { base: graphBaseOf(endpoints, base.connectivity) }),
  }
}
