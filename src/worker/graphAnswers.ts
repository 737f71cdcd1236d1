import { analyze, createAnalysisCache, type Analyzed } from '../analysis/analyze.ts'
import type { Assessment } from '../analysis/assess.ts'
import { flowReasons } from '../analysis/flowReasons.ts'
import { drawScene } from '../graph/drawPicture.ts'
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

/** What a picture is drawn of: now, or the node after a step of the timeline. */
export type Drawable = Assessment & Pick<Analyzed, 'analysis'>

type ListQuestion = Extract<WorkerQuestion, { readonly op: 'flows' }>

export interface GraphAnswers {
  readonly picture: (of: Drawable, view: GraphView, reset: boolean) => Picture
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
  let layout: GraphLayout | undefined

  const sceneOf = (of: Drawable): GraphScene => {
    if (scene?.of !== of.connectivity) {
      scene = { of: of.connectivity, scene: graphSceneOf(inputOf(of, base)) }
      listed = undefined
    }
    return scene.scene
  }
  return {
    picture: (of, view, reset) => {
      const picture = drawScene(sceneOf(of), view, reset ? undefined : layout)
      layout = picture.layout
      return picture
    },
    list: (of, { view, column, order, offset, limit }) => {
      const own = sceneOf(of)
      const { filter, unrestricted, unfolded, opened } = view
      const key = JSON.stringify({ filter, unrestricted, unfolded, opened, column, order })
      if (listed?.key !== key) listed = { key, flows: sortedFlows(own, view, column, order) }
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
