import type { TextRange } from '../model/origin.ts'

export interface TreeEntry {
  readonly keyRange: TextRange
  readonly value: Tree
}

/**
 * A document as JSON sees it, with the place of every node. Ranges are offsets into the piece of text that was
 * read. Aliases share subtrees, so that a tree may be far larger when it is walked than in memory; the reader bounds
 * that. An empty YAML value is a null of length 0.
 */
export type Tree =
  | { readonly kind: 'null'; readonly range: TextRange }
  /** `word`: what was written, where only YAML 1.1 takes it for a boolean: `y`, `no`, `On`. */
  | { readonly kind: 'bool'; readonly range: TextRange; readonly value: boolean; readonly word?: string }
  /** `text` is the number as Go prints it in JSON; integers beyond 2^53 keep their digits there. */
  | { readonly kind: 'number'; readonly range: TextRange; readonly value: number; readonly text: string }
  | { readonly kind: 'string'; readonly range: TextRange; readonly value: string }
  | { readonly kind: 'list'; readonly range: TextRange; readonly items: readonly Tree[] }
  /** In the order of the text; a Map because a key may be called `__proto__`. */
  | { readonly kind: 'map'; readonly range: TextRange; readonly entries: ReadonlyMap<string, TreeEntry> }

const NOWHERE: TextRange = { start: 0, end: 0 }

/** A tree of a value that never was text: what JSON.parse or a message channel gives. Other values read as null. */
export function treeOf(value: unknown): Tree {
  switch (typeof value) {
    case 'boolean':
      return { kind: 'bool', range: NOWHERE, value }
    case 'number':
      return { kind: 'number', range: NOWHERE, value, text: String(value) }
    case 'string':
      return { kind: 'string', range: NOWHERE, value }
    case 'object':
      if (value === null) return { kind: 'null', range: NOWHERE }
      if (Array.isArray(value)) return { kind: 'list', range: NOWHERE, items: value.map(treeOf) }
      return {
        kind: 'map',
        range: NOWHERE,
        entries: new Map(
          Object.entries(value).map(([key, child]) => [key, { keyRange: NOWHERE, value: treeOf(child) }]),
        ),
      }
    default:
      return { kind: 'null', range: NOWHERE }
  }
}

/** The value without its places. Keys become own properties, `__proto__` too. */
export function plainValue(tree: Tree): unknown {
  switch (tree.kind) {
    case 'null':
      return null
    case 'list':
      return tree.items.map(plainValue)
    case 'map':
      return Object.fromEntries([...tree.entries].map(([key, { value }]) => [key, plainValue(value)]))
    default:
      return tree.value
  }
}
