import type { Severity } from '../../model/diagnostic.ts'
import type { DumpPlace } from '../../model/nodeReport.ts'
import type { AppState } from '../../store/appStore.ts'
import { nodeReportOf } from '../../store/node.ts'
import { asSentence } from '../../store/nodeSummary.ts'
import { monaco } from './monacoSetup.ts'

export const MARKER_SEVERITY: Readonly<Record<Severity, monaco.MarkerSeverity>> = {
  error: monaco.MarkerSeverity.Error,
  warning: monaco.MarkerSeverity.Warning,
  info: monaco.MarkerSeverity.Info,
}

/** Markers drawn at most: a dump of another cluster differs in every line. */
const MOST = 500

/** What cannot be read in a dump and where it differs from what should be there, at its lines. Notes are left out. */
export function dumpMarkers(
  state: Pick<AppState, 'scenario' | 'nodeAnswer'>,
  file: string,
  model: monaco.editor.ITextModel,
): monaco.editor.IMarkerData[] {
  const report = nodeReportOf(state)
  if (report === undefined) return []
  const said = [
    ...report.problems.map(({ place, severity, message, code }) => ({
      place,
      severity,
      message: asSentence(message),
      code,
    })),
    ...report.drift
      .filter(finding => finding.severity !== 'info')
      .map(({ place, severity, message, advice, kind }) => ({
        place,
        severity,
        message: `${asSentence(message)} ${asSentence(advice)}`,
        code: kind,
      })),
  ]
  return said
    .flatMap(({ place, severity, message, code }) =>
      isIn(place, file, model)
        ? [
            {
              startLineNumber: place.line,
              startColumn: Math.max(1, model.getLineFirstNonWhitespaceColumn(place.line)),
              endLineNumber: place.line,
              endColumn: model.getLineMaxColumn(place.line),
              severity: MARKER_SEVERITY[severity],
              message,
              code,
              source: 'netpol-flow',
            },
          ]
        : [],
    )
    .slice(0, MOST)
}

/** The text may be shorter by now. */
function isIn(
  place: DumpPlace | undefined,
  file: string,
  model: monaco.editor.ITextModel,
): place is DumpPlace {
  return place?.file === file && place.line <= model.getLineCount()
}
