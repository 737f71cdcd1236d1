import { expect, test } from 'vitest'
import type { FlowMatrix, MatrixCell } from '../../model/flowList.ts'
import { matrixOrder } from './matrixOrder.ts'

const cell = (verdict: MatrixCell['verdict']): MatrixCell => ({
  verdict,
  deviates: false,
  change: 'none',
  label: '',
  pairs: 1,
  src: 'a',
  dst: 'b',
})
const peer = (name: string) => ({ id: name, name, namespace: undefined, endpoints: 1 })
/** c is blocked from both; b opens to a. */
const matrix: FlowMatrix = {
  peers: [peer('a'), peer('b'), peer('c')],
  summed: 1,
  cells: [
    undefined,
    cell('partial'),
    cell('blocked'),
    cell('allowed'),
    undefined,
    cell('blocked'),
    undefined,
    undefined,
    undefined,
  ],
}

test.each([
  ['name', [0, 1, 2]],
  ['blocked', [2, 0, 1]],
  ['open', [0, 1, 2]],
] as const)('by %s', (sort, order) => {
  expect(matrixOrder(matrix, sort)).toEqual(order)
})
