import { expect, test } from 'vitest'
import { analysisFixture } from '../testing/analysisFixture.ts'
import { ALL_TRAFFIC, NO_TRAFFIC, PORT_TRAFFIC } from '../model/traffic.ts'
import { countFlows } from './countFlows.ts'

test('pairs are counted by class, without a pod to itself and without pairs that no policy speaks of', () => {
  // Class 0: three pods; class 1: two blocks. Blocks to blocks are no flows.
  const connectivity = {
    ...analysisFixture().connectivity,
    classes: [{ endpoints: [0, 1, 2] }, { endpoints: [3, 4] }],
    traffic: [ALL_TRAFFIC, NO_TRAFFIC, PORT_TRAFFIC],
    kubernetes: Int32Array.of(0, 1, 2, -1),
    dataplane: Int32Array.of(0, 0, 1, -1),
  }
  expect(countFlows(connectivity)).toEqual({ all: 6 + 6 + 6, restricted: 6, differing: 12 })
})

test('other protocols make neither a restriction nor a difference', () => {
  const connectivity = {
    ...analysisFixture().connectivity,
    classes: [{ endpoints: [0, 1] }],
    traffic: [ALL_TRAFFIC, PORT_TRAFFIC],
    kubernetes: Int32Array.of(0),
    dataplane: Int32Array.of(1),
  }
  expect(countFlows(connectivity)).toEqual({ all: 2, restricted: 0, differing: 0 })
})
