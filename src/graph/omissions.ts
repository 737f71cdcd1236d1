import { formatNumber, plural } from './formatNumber.ts'
import type { GraphModel, GraphOmissions } from '../model/picture.ts'
import { unreachedText } from './nodeStatus.ts'

/** What is said about a picture besides its counts: whom nobody reaches, and what it leaves out. */
export function remarksOf({ unreached, omitted }: GraphModel): readonly string[] {
  return [...(unreached === undefined ? [] : [unreachedText(unreached)]), ...omissionTexts(omitted)]
}

/** For forms that cannot be asked for more; none where the picture is whole. */
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
