import { expect, test } from 'vitest'
import type { Connectivity } from '../model/connectivity.ts'
import { ALL_TRAFFIC, NO_TRAFFIC, PORT_TRAFFIC, type TrafficSet } from '../model/traffic.ts'
import { countFlows, MOST_CLASSES } from './countFlows.ts'

/** Of these classes; answers are indexes into `traffic`, a row a source class. */
function connectivity(
  classes: readonly (readonly number[])[],
  traffic: readonly TrafficSet[],
  kubernetes: readonly (readonly number[])[],
  dataplane: readonly (readonly number[])[],
): Connectivity {
  const nothing = () => {
    throw new Error('not asked for')
  }
  return {
    endpoints: [],
    classes: classes.map(endpoints => ({ endpoints })),
    classOf: new Int32Array(),
    traffic,
    row: source => ({
      kubernetes: Int32Array.from(kubernetes[source] ?? []),
      dataplane: Int32Array.from(dataplane[source] ?? []),
      governed: new Uint8Array(classes.length),
    }),
    column: nothing,
    look: nothing,
    pair: nothing,
  }
}

test('pairs are counted by class, without a pod to itself and without pairs that no policy speaks of', () => {
  // Class 0: three pods; class 1: two blocks. Blocks to blocks are no flows.
  const answers = connectivity(
    [
      [0, 1, 2],
      [3, 4],
    ],
    [ALL_TRAFFIC, NO_TRAFFIC, PORT_TRAFFIC],
    [
      [0, 1],
      [2, -1],
    ],
    [
      [0, 0],
      [1, -1],
    ],
  )
  expect(countFlows(answers)).toEqual({ all: 6 + 6 + 6, restricted: 6, differing: 12 })
})

test('other protocols make neither a restriction nor a difference', () => {
  const answers = connectivity([[0, 1]], [ALL_TRAFFIC, PORT_TRAFFIC], [[0]], [[1]])
  expect(countFlows(answers)).toEqual({ all: 2, restricted: 0, differing: 0 })
})

test('of very many classes no pair is asked for', () => {
  const classes = Array.from({ length: MOST_CLASSES + 1 }, (_, i) => [i])
  const asked: number[] = []
  const answers = {
    ...connectivity(classes, [], [], []),
    row: (source: number) => {
      asked.push(source)
      throw new Error('not asked for')
    },
  }
  expect(countFlows(answers)).toBeUndefined()
  expect(asked).toEqual([])
})
