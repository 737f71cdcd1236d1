import { DEFAULT_GRAPH_VIEW } from '../../graph/graphModel.ts'
import type { FlowFilter, GraphView } from '../../model/graphView.ts'
import { VERDICT_WORDS } from './verdictWords.ts'

/** A filter that is on, in words, and the view without it. */
export interface ActiveFilter {
  readonly text: string
  readonly without: Partial<GraphView>
}

/** All filters that are on, the search box's text left out: it is in view. */
export function activeFilters({ filter, unrestricted }: GraphView): readonly ActiveFilter[] {
  const less = (part: Partial<FlowFilter>): Partial<GraphView> => ({ filter: { ...filter, ...part } })
  const chip = (on: boolean, text: string, without: Partial<GraphView>): readonly ActiveFilter[] =>
    on ? [{ text, without }] : []
  return [
    ...filter.verdicts.map(verdict => ({
      text: VERDICT_WORDS[verdict],
      without: less({ verdicts: filter.verdicts.filter(one => one !== verdict) }),
    })),
    ...chip(filter.deviating, 'promise and data plane differ', less({ deviating: false })),
    ...chip(filter.changed, 'changed since the base', less({ changed: false })),
    ...chip(filter.traffic !== '', filter.traffic, less({ traffic: '' })),
    ...filter.namespaces.map(name => ({
      text: `namespace ${name}`,
      without: less({ namespaces: filter.namespaces.filter(one => one !== name) }),
    })),
    ...filter.labels.map(label => ({
      text: `label ${label}`,
      without: less({ labels: filter.labels.filter(one => one !== label) }),
    })),
    ...chip(filter.hideSystem, 'without system namespaces', less({ hideSystem: false })),
    ...filter.hideNamespaces.map(name => ({
      text: `without namespace ${name}`,
      without: less({ hideNamespaces: filter.hideNamespaces.filter(one => one !== name) }),
    })),
    ...chip(unrestricted === 'show', 'with ungoverned flows', {
      unrestricted: DEFAULT_GRAPH_VIEW.unrestricted,
    }),
  ]
}
