import type { ResourceSource, TextRange } from '../model/origin.ts'
import { labelPath, parentPath } from '../model/origin.ts'
import type { Tree } from './tree.ts'

export interface FieldRange {
  /** Absent for elements of lists. */
  readonly key?: TextRange
  readonly value: TextRange
  readonly scalar: boolean
}

/** Every field of an object by its path, with places in its piece of text; `''` is the whole. */
export type FieldRanges = ReadonlyMap<string, FieldRange>

/** Maps of free keys: their entries have quoted paths. */
const LABEL_MAPS = new Set(['labels', 'matchLabels', 'annotations', 'nodeSelector'])

/** Bookkeeping of the server, often longer than the rest of the object; nothing ever points into it. */
const OPAQUE = 'metadata.managedFields'

/** Visits the fields of an object in the order of the text, each before those inside it. */
function visitFields(
  tree: Tree,
  visit: (path: string, key: TextRange | undefined, value: Tree) => void,
): void {
  const descend = (node: Tree, path: string, name: string, key: TextRange | undefined): void => {
    visit(path, key, node)
    if (path === OPAQUE) return
    if (node.kind === 'list') node.items.forEach((item, i) => descend(item, `${path}[${i}]`, '', undefined))
    if (node.kind !== 'map') return
    for (const [child, entry] of node.entries) {
      const at = LABEL_MAPS.has(name) ? labelPath(path, child) : path === '' ? child : `${path}.${child}`
      descend(entry.value, at, child, entry.keyRange)
    }
  }
  descend(tree, '', '', undefined)
}

export function fieldRanges(tree: Tree): FieldRanges {
  const ranges = new Map<string, FieldRange>()
  visitFields(tree, (path, key, node) => {
    const scalar = node.kind !== 'list' && node.kind !== 'map'
    ranges.set(path, { ...(key && { key }), value: node.range, scalar })
  })
  return ranges
}

/** Key and value together. An aliased value stands elsewhere: then the key and the alias. */
function wholeField({ key, value }: Pick<FieldRange, 'key' | 'value'>): TextRange {
  return key === undefined ? value : { start: key.start, end: Math.max(key.end, value.end) }
}

/** Arrays of paths by their joined text, so that objects of one form share one. */
export type KnownPaths = Map<string, readonly string[]>

function shared(known: KnownPaths, paths: readonly string[]): readonly string[] {
  const form = paths.join('\n')
  const earlier = known.get(form)
  if (earlier === undefined) known.set(form, paths)
  return earlier ?? paths
}

/** Where an object stands. Its file is not known here. */
export function resourceSource(tree: Tree, known: KnownPaths): ResourceSource {
  const paths: string[] = []
  const places: number[] = []
  const { start } = tree.range
  visitFields(tree, (path, key, { range }) => {
    if (path === '') return
    paths.push(path)
    places.push(
      (key ?? range).start - start,
      (key === undefined ? range.end : Math.max(key.end, range.end)) - start,
    )
  })
  return { file: '', range: tree.range, paths: shared(known, paths), places }
}

/** The source of a workload's pod: paths of the pod lead to the template, its name and namespace to the workload's. */
export function templateSource(
  workload: ResourceSource,
  templatePath: string,
  known: KnownPaths,
): ResourceSource {
  const prefix = `${templatePath}.`
  const paths: string[] = []
  const places: number[] = []
  const add = (path: string, index: number): void => {
    paths.push(path)
    places.push(...workload.places.slice(2 * index, 2 * index + 2))
  }
  for (const path of ['metadata.name', 'metadata.namespace']) {
    const index = workload.paths.indexOf(path)
    if (index >= 0) add(path, index)
  }
  // The workload's name and namespace are the pod's, whatever the template says.
  const given = new Set(paths)
  workload.paths.forEach((path, index) => {
    const own = path.slice(prefix.length)
    if (path.startsWith(prefix) && !given.has(own)) add(own, index)
  })
  return { ...workload, paths: shared(known, paths), places }
}

/**
 * What to underline for an error at a field: its value when that is a short thing, else its key; where the field is
 * missing, the nearest field around it that is there.
 */
export function underline(fields: FieldRanges, path: string, part: 'key' | 'value'): TextRange {
  for (let at = path; ; at = parentPath(at)) {
    const field = fields.get(at)
    if (field !== undefined) {
      const asked = at === path && part === 'value' && field.scalar && field.value.end > field.value.start
      if (asked || field.key === undefined) return at === '' ? firstKey(fields, field.value) : field.value
      return field.key
    }
    if (at === '') return { start: 0, end: 0 }
  }
}

/** For an object as a whole: its kind, else its first key; a whole document underlined would hide all else. */
function firstKey(fields: FieldRanges, whole: TextRange): TextRange {
  const kind = fields.get('kind')
  if (kind !== undefined) return wholeField(kind)
  for (const [path, field] of fields) if (path !== '' && field.key !== undefined) return field.key
  return whole
}
