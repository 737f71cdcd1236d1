import { formatNumber, plural } from './formatNumber.ts'
import type { GraphOmissions } from './graphModel.ts'

/** What the picture leaves out, for forms that cannot be asked for more; none where it is whole. */
export function omissionTexts(omitted: GraphOmissions): readonly string[] {
  const { closedNamespaces, blockedFlows, unrestrictedFlows, excessFlows } = omitted
  return [
    ...(closedNamespaces > 0 ? [`${plural(closedNamespaces, 'namespace')} closed`] : []),
    ...(blockedFlows > 0 ? [`${plural(blockedFlows, 'blocked flow')} not drawn`] : []),
    ...(unrestrictedFlows > 0
      ? [`${plural(unrestrictedFlows, 'flow')} that no policy governs not drawn`]
      : []),
    ...(excessFlows > 0 ? [`${formatNumber(excessFlows)} more flows than can be drawn`] : []),
  ]
}
