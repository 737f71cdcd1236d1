/** Offsets `[start, end)` in UTF-16 code units into one file's text. */
export interface TextRange {
  readonly start: number
  readonly end: number
}

/** `KIND/namespace/name`, or `KIND/name` for a Namespace: `NetworkPolicy/default/web`. */
export type ResourceKey = string

/** Where something comes from: a field of a resource. `path` is a Kubernetes field path, `''` for the whole. */
export interface Origin {
  readonly resource: ResourceKey
  /** `spec.ingress[0].from[1].ipBlock.cidr`, `metadata.labels['app']`. */
  readonly path: string
}

/** Where a resource stands in the user's text. A resource that was made up for a selector has none. */
export interface ResourceSource {
  /** Name of the file in the scenario. */
  readonly file: string
  /** The whole document. */
  readonly range: TextRange
  /** Paths of the fields that stand in the text. Resources of one form share the array, which makes messages small. */
  readonly paths: readonly string[]
  /** Where key and value of each path stand: two numbers a path, start and end, counted from `range.start`. */
  readonly places: readonly number[]
}

/** A label's field path: label keys hold dots and slashes, so they stand quoted. */
export function labelPath(labels: string, key: string): string {
  return `${labels}['${key}']`
}

/** `spec.ingress[0].from[1]` → `spec.ingress[0].from` → `spec.ingress[0]` → … → `''`. */
export function parentPath(path: string): string {
  if (path.endsWith("']")) return path.slice(0, path.lastIndexOf("['"))
  if (path.endsWith(']')) return path.slice(0, path.lastIndexOf('['))
  const dot = path.lastIndexOf('.')
  return dot < 0 ? '' : path.slice(0, dot)
}

/** The range of the nearest enclosing field that stands in the text (defaults do not); the whole document at last. */
export function originRange(source: ResourceSource, path: string): TextRange {
  for (let at = path; at !== ''; at = parentPath(at)) {
    const index = source.paths.indexOf(at)
    if (index >= 0) return placeAt(source, index)
  }
  return source.range
}

/** Where the field stands whose path is `source.paths[index]`. */
export function placeAt({ range, places }: ResourceSource, index: number): TextRange {
  return {
    start: range.start + (places[2 * index] ?? 0),
    end: range.start + (places[2 * index + 1] ?? 0),
  }
}

/** Line and column of an offset, both from 1, for people and editors. A column counts UTF-16 code units. */
export function positionOf(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset)
  const lineStart = before.lastIndexOf('\n') + 1
  return { line: before.split('\n').length, column: offset - lineStart + 1 }
}
