import { keyOfSource, sourceAt, sourceNumberAt } from '../../model/packedSources.ts'
import { originRange, placeAt, type Origin, type ResourceSource, type TextRange } from '../../model/origin.ts'
import type { Analysis } from '../../model/protocol.ts'
import { sourceOf } from '../../store/sources.ts'

/** The innermost field of the text that holds the offset; the document itself where no field does. */
export function originAt(analysis: Analysis, file: string, offset: number): Origin | undefined {
  const { sources } = analysis
  const number = sourceNumberAt(sources, file, offset)
  const source = sourceAt(sources, number)
  return source && { resource: keyOfSource(sources, number), path: innermost(source, offset) }
}

function innermost(source: ResourceSource, offset: number): string {
  let best = ''
  let width = Infinity
  for (const [index, path] of source.paths.entries()) {
    const range = placeAt(source, index)
    const own = range.end - range.start
    if (holds(range, offset) && (own < width || (own === width && path.length > best.length))) {
      best = path
      width = own
    }
  }
  return best
}

function holds(range: TextRange, offset: number): boolean {
  return offset >= range.start && offset < range.end
}

/** Where the origins stand in one file. */
export function rangesIn(analysis: Analysis, file: string, origins: readonly Origin[]): readonly TextRange[] {
  return origins.flatMap(({ resource, path }) => {
    const source = sourceOf(analysis.sources, resource)
    return source?.file === file ? [originRange(source, path)] : []
  })
}

/** The first place in the text, for going there. */
export function placeOfOrigin(
  analysis: Analysis,
  origin: Origin,
): { readonly file: string; readonly range: TextRange } | undefined {
  const source = sourceOf(analysis.sources, origin.resource)
  return source === undefined ? undefined : { file: source.file, range: originRange(source, origin.path) }
}
