import type { ResourceSource, TextRange } from '../model/origin.ts'
import { labelPath, parentPath } from '../model/origin.ts'
import { shifted } from './documents.ts'
import type { Tree } from './tree.ts'

export interface FieldRange {
  /** Absent for elements of lists. */
  readonly key?: TextRange
  readonly value: TextRange
  readonly scalar: boolean
}

/** Every field of an object by its path, with places in the file; `''` is the whole. */
export type FieldRanges = ReadonlyMap<string, FieldRange>

/** Maps of free keys: their entries have quoted paths. */
const LABEL_MAPS = new Set(['labels', 'matchLabels', 'annotations', 'nodeSelector'])

/** Bookkeeping of the server, often longer than the rest of the object; nothing ever points into it. */
const OPAQUE = 'metadata.managedFields'

export function fieldRanges(tree: Tree, offset: number): FieldRanges {
  const ranges = new Map<string, FieldRange>()
  const visit = (node: Tree, path: string, name: string, key: TextRange | undefined): void => {
    const scalar = node.kind !== 'list' && node.kind !== 'map'
    const value = shifted(node.range, offset)
    ranges.set(path, { ...(key && { key: shifted(key, offset) }), value, scalar })
    if (path === OPAQUE) return
    if (node.kind === 'list') node.items.forEach((item, i) => visit(item, `${path}[${i}]`, '', undefined))
    if (node.kind !== 'map') return
    for (const [child, entry] of node.entries) {
      const at = LABEL_MAPS.has(name) ? labelPath(path, child) : path === '' ? child : `${path}.${child}`
      visit(entry.value, at, child, entry.keyRange)
    }
  }
  visit(tree, '', '', undefined)
  return ranges
}

/** Key and value together. An aliased value stands elsewhere: then the key and the alias. */
function wholeField({ key, value }: FieldRange): TextRange {
  return key === undefined ? value : { start: key.start, end: Math.max(key.end, value.end) }
}

export function resourceSource(file: string, fields: FieldRanges): ResourceSource {
  const ranges = [...fields].filter(([path]) => path !== '')
  return {
    file,
    range: fields.get('')?.value ?? { start: 0, end: 0 },
    ranges: Object.fromEntries(ranges.map(([path, field]) => [path, wholeField(field)])),
  }
}

/** The source of a workload's pod: paths of the pod lead to the template, its name and namespace to the workload's. */
export function templateSource(workload: ResourceSource, templatePath: string): ResourceSource {
  const prefix = `${templatePath}.`
  const ranges = Object.entries(workload.ranges)
    .filter(([path]) => path.startsWith(prefix))
    .map(([path, range]): [string, TextRange] => [path.slice(prefix.length), range])
  for (const path of ['metadata.name', 'metadata.namespace']) {
    const range = Object.hasOwn(workload.ranges, path) ? workload.ranges[path] : undefined
    if (range !== undefined) ranges.push([path, range])
  }
  return { ...workload, ranges: Object.fromEntries(ranges) }
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
