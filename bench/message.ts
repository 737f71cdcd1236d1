import { serialize } from 'node:v8'
import { pageAnalysis } from '../src/analysis/pageAnalysis.ts'
import { PIECE_WEIGHT, piecesOf } from '../src/model/pieces.ts'
import type { WholeAnalysis } from '../src/model/protocol.ts'
import { timed, type Timed } from './measure.ts'

export interface SentMessage {
  /** To make the pieces of a whole analysis, and to write and read each. */
  readonly all: Omit<Timed<unknown>, 'result'>
  /** To write and read the piece that takes longest. */
  readonly longest: Omit<Timed<unknown>, 'result'>
  readonly pieces: number
}

/** What is done between worker and page for a whole analysis. */
export function sendToPage(analysis: WholeAnalysis): SentMessage {
  let longest = { wall: 0, cpu: 0 }
  let pieces = 0
  const all = timed(() => {
    for (const piece of piecesOf(pageAnalysis(analysis), PIECE_WEIGHT)) {
      const { wall, cpu } = timed(() => structuredClone(piece))
      if (wall > longest.wall) longest = { wall, cpu }
      pieces++
    }
  })
  return { all, longest, pieces }
}

/** Bytes of that message. */
export function messageBytes(analysis: WholeAnalysis): number {
  let bytes = 0
  for (const piece of piecesOf(pageAnalysis(analysis), PIECE_WEIGHT)) bytes += serialize(piece).length
  return bytes
}
