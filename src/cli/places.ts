import {
  originRange,
  positionOf,
  type Origin,
  type ResourceKey,
  type ResourceSource,
} from '../model/origin.ts'
import type { ScenarioFile } from '../model/scenario.ts'

/** Where a field stands, for people and editors. */
export interface Place {
  readonly file: string
  /** From 1, as is the column. */
  readonly line: number
  readonly column: number
}

/** Finds fields in the files. Undefined for an object that no file has. */
export function placeFinder(
  sources: Readonly<Record<ResourceKey, ResourceSource>>,
  files: readonly ScenarioFile[],
): (origin: Origin) => Place | undefined {
  const texts = new Map(files.map(({ name, text }) => [name, text]))
  return ({ resource, path }) => {
    const source = Object.hasOwn(sources, resource) ? sources[resource] : undefined
    const text = texts.get(source?.file ?? '')
    if (source === undefined || text === undefined) return undefined
    return { file: source.file, ...positionOf(text, originRange(source, path).start) }
  }
}

export function placeText({ file, line, column }: Place): string {
  return `${file}:${line}:${column}`
}
