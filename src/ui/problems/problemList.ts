import { compareBytes } from '../../model/order.ts'
import { originRange, type Origin, type TextRange } from '../../model/origin.ts'
import type { Analysis } from '../../model/protocol.ts'
import type { Selection } from '../../store/selection.ts'
import { sourceOf } from '../../store/sources.ts'

export type ProblemKind = 'error' | 'not-in-force' | 'warning' | 'deviation' | 'info'

export interface Problem {
  readonly kind: ProblemKind
  /** `D1`, `class T`, `duplicate-key`. */
  readonly code: string
  readonly message: string
  /** What it is about: `default/web`. */
  readonly subject: string
  readonly place?: { readonly file: string; readonly range: TextRange }
  readonly target?: Selection
}

const RANK: readonly ProblemKind[] = ['error', 'not-in-force', 'warning', 'deviation', 'info']

/**
 * Everything to tell, worst first, then by place. Diagnostics are about the newest text; failures and deviations
 * about the picture, whose text may be older while the newest cannot be read.
 */
export function problemList(newest: Analysis | undefined, picture: Analysis | undefined): readonly Problem[] {
  const problems: Problem[] = (newest?.diagnostics ?? []).map(diagnostic => ({
    kind: diagnostic.severity,
    code: diagnostic.code,
    message: diagnostic.message,
    subject: diagnostic.resource ?? '',
    place: { file: diagnostic.file, range: diagnostic.range },
  }))
  if (picture !== undefined) {
    for (const failure of picture.failures)
      problems.push({
        kind: 'not-in-force',
        code: `class ${failure.class}`,
        message: failure.message,
        subject: failure.policy,
        target: { kind: 'policy', key: failure.policy },
        ...placeOf(picture, failure.origin),
      })
    for (const deviation of picture.deviations)
      problems.push({
        kind: 'deviation',
        code: deviation.id,
        message: `${deviation.name}: ${deviation.message}`,
        subject: deviation.policy,
        target: { kind: 'origin', resource: deviation.origin.resource, path: deviation.origin.path },
        ...placeOf(picture, deviation.origin),
      })
  }
  return problems.sort(
    (a, b) =>
      RANK.indexOf(a.kind) - RANK.indexOf(b.kind) ||
      compareBytes(a.place?.file ?? '', b.place?.file ?? '') ||
      (a.place?.range.start ?? 0) - (b.place?.range.start ?? 0) ||
      compareBytes(a.code, b.code),
  )
}

function placeOf(analysis: Analysis, origin: Origin): Pick<Problem, 'place'> {
  const source = sourceOf(analysis.sources, origin.resource)
  return source === undefined ? {} : { place: { file: source.file, range: originRange(source, origin.path) } }
}

/** `Ln 12`, from an offset; counted in the text the offset is about. */
export function lineOf(text: string, offset: number): number {
  let line = 1
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line++
  return line
}
