import { analyze } from '../analysis/analyze.ts'
import { formatCounts } from '../graph/build.ts'
import { graphDot } from '../graph/dot.ts'
import { NO_FLOW_FILTER } from '../graph/flowFilter.ts'
import { drawPicture } from '../graph/drawPicture.ts'
import { DEFAULT_GRAPH_VIEW, type GraphView } from '../graph/graphModel.ts'
import { graphJson } from '../graph/graphJson.ts'
import { graphMermaid } from '../graph/mermaid.ts'
import { graphSvg } from '../graph/svg.ts'
import { SVG_THEMES } from '../graph/svgStyle.ts'
import type { Picture } from '../model/picture.ts'
import {
  DONE,
  errorsOf,
  formatDiagnostics,
  INPUT_ERROR,
  profileOf,
  PROFILES,
  textOption,
  type Call,
  type Command,
  type Options,
} from './command.ts'
import type { CliIo } from './io.ts'

const OUTPUTS: readonly string[] = ['svg', 'mermaid', 'dot', 'json']
const UNRESTRICTED = ['auto', 'show', 'hide'] as const

export const GRAPH: Command = {
  usage: `graph [--profile ${PROFILES.join('|')}] [-o|--output ${OUTPUTS.join('|')}] [--theme ${SVG_THEMES.join('|')}] [--title TEXT] [--filter WORDS] [--unrestricted ${UNRESTRICTED.join('|')}] [--blocked-only] [--no-legend] FILE…`,
  summary:
    'draw who may talk to whom, as the page does: an SVG that follows the light or dark of its reader, or Mermaid for Markdown',
  options: {
    profile: PROFILES,
    output: OUTPUTS,
    theme: SVG_THEMES,
    title: undefined,
    filter: undefined,
    unrestricted: UNRESTRICTED,
  },
  flags: ['blocked-only', 'no-legend'],
  operands: 0,
  files: 'needed',
  run: graph,
}

async function graph({ files, options }: Call, io: CliIo): Promise<number> {
  const { analysis, connectivity } = analyze({ name: '', files, profile: profileOf(options) })
  const errors = errorsOf(analysis.diagnostics)
  await io.stderr(formatDiagnostics(errors, files))
  const { policies, namespaces } = analysis
  const picture = drawPicture({ connectivity, policies, namespaces }, viewOf(options))
  await io.stdout(written(picture, options))
  return errors.length > 0 ? INPUT_ERROR : DONE
}

function written({ model, layout, routes }: Picture, options: Options): string {
  switch (options['output']) {
    case 'mermaid':
      return graphMermaid(model)
    case 'dot':
      return graphDot(model)
    case 'json':
      return graphJson(model, layout, routes)
    default:
      return graphSvg(model, layout, routes, {
        theme: SVG_THEMES.find(theme => theme === options['theme']) ?? 'auto',
        title: textOption(options, 'title') ?? 'Who can talk to whom',
        summary: formatCounts(model.counts),
        legend: options['no-legend'] !== true,
      })
  }
}

function viewOf(options: Options): GraphView {
  return {
    ...DEFAULT_GRAPH_VIEW,
    filter: {
      ...NO_FLOW_FILTER,
      text: textOption(options, 'filter') ?? '',
      verdicts: options['blocked-only'] === true ? ['blocked'] : [],
    },
    unrestricted: UNRESTRICTED.find(word => word === options['unrestricted']) ?? 'auto',
  }
}
