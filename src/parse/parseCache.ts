import type { KnownPaths } from './fieldRanges.ts'
import type { PieceContent, PieceReader } from './documents.ts'
import { readPiece } from './documents.ts'
import type { ReadObject } from './readObjects.ts'
import { readObjects } from './readObjects.ts'

type ReadPieces = ReadonlyMap<string, PieceContent<readonly ReadObject[]>>

/**
 * What the last reading found in each piece of text, so that an edit costs only the pieces it changes, and objects that
 * are the same keep their identity. Whoever reads several texts one after the other owns it; `parseManifests` fills it.
 * What a piece says depends on its text alone, so the cache is never wrong, only more or less useful.
 */
export interface ParseCache {
  pieces: ReadPieces
  /** Of files that are JSON, where a piece may hold several objects. */
  jsonPieces: ReadPieces
}

export function createParseCache(): ParseCache {
  return { pieces: new Map(), jsonPieces: new Map() }
}

/** A reader that takes pieces from the cache, and `keep`, which makes what was read this time the cache's content. */
export function cachedReader(cache: ParseCache): {
  readonly read: PieceReader<readonly ReadObject[]>
  readonly keep: () => void
} {
  const pieces = new Map<string, PieceContent<readonly ReadObject[]>>()
  const jsonPieces = new Map<string, PieceContent<readonly ReadObject[]>>()
  const known: KnownPaths = new Map()
  return {
    read: (text, mayBeSeveral) => {
      const used = mayBeSeveral ? jsonPieces : pieces
      const earlier = used.get(text) ?? (mayBeSeveral ? cache.jsonPieces : cache.pieces).get(text)
      const content = earlier ?? readAnew(text, mayBeSeveral, known)
      used.set(text, content)
      return content
    },
    keep: () => {
      cache.pieces = pieces
      cache.jsonPieces = jsonPieces
    },
  }
}

function readAnew(
  text: string,
  mayBeSeveral: boolean,
  known: KnownPaths,
): PieceContent<readonly ReadObject[]> {
  // Engines keep a whole text alive for every part cut out of it. Objects outlive many texts, so theirs is a copy.
  const own = ` ${text}`.slice(1)
  const { documents, problems } = readPiece(own, mayBeSeveral)
  return { documents: documents.map(document => readObjects(document, known)), problems }
}
