import type { FlowMatrix, MatrixCell } from '../../model/flowList.ts'
import { compareBytes } from '../../model/order.ts'

/** How rows and columns are ordered; both alike, so that the diagonal stays one. */
export type MatrixSort = 'name' | 'blocked' | 'open'

export const MATRIX_SORTS: readonly { readonly value: MatrixSort; readonly label: string }[] = [
  { value: 'name', label: 'Name' },
  { value: 'blocked', label: 'Most blocked' },
  { value: 'open', label: 'Most open' },
]

/** The places of the peers in the order to show them. Peers of one namespace stay together when sorted by name. */
export function matrixOrder({ peers, cells }: FlowMatrix, sort: MatrixSort): readonly number[] {
  const places = peers.map((_, place) => place)
  if (sort === 'name') return places
  const n = peers.length
  const counts = (cell: MatrixCell | undefined): number => {
    if (cell === undefined) return 0
    const isOpen = cell.verdict === 'allowed' || cell.verdict === 'unrestricted'
    return (sort === 'open' ? isOpen : cell.verdict === 'blocked') ? 1 : 0
  }
  const weights = places.map(place =>
    places.reduce(
      (sum, other) => sum + counts(cells[place * n + other]) + counts(cells[other * n + place]),
      0,
    ),
  )
  const weight = (place: number): number => weights[place] ?? 0
  const name = (place: number): string => peers[place]?.name ?? ''
  return places.toSorted((a, b) => weight(b) - weight(a) || compareBytes(name(a), name(b)))
}
