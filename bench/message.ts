import { serialize } from 'node:v8'
import { pageAnalysis } from '../src/analysis/pageAnalysis.ts'
import { PIECE_WEIGHT, piecesOf } from '../src/model/pieces.ts'
import type { WholeAnalysis } from '../src/model/protocol.ts'

/** What is done between worker and page for a whole analysis: its pieces are made, and each is written and read. */
export function sendToPage(analysis: WholeAnalysis): void {
  for (const piece of piecesOf(pageAnalysis(analysis), PIECE_WEIGHT)) structuredClone(piece)
}

/** Bytes of each piece of that message. */
export function messageSizes(analysis: WholeAnalysis): readonly number[] {
  return Array.from(piecesOf(pageAnalysis(analysis), PIECE_WEIGHT), piece => serialize(piece).length)
}
