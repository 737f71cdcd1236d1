export type Theme = 'system' | 'light' | 'dark' | 'contrast'
export const THEMES: readonly Theme[] = ['system', 'light', 'dark', 'contrast']

export type InspectorTab = 'iptables' | 'ipsets' | 'packet' | 'explain' | 'events' | 'expectations' | 'node'
export const INSPECTOR_TABS: readonly InspectorTab[] = [
  'iptables',
  'ipsets',
  'packet',
  'explain',
  'events',
  'expectations',
  'node',
]

/** The panes, of which a narrow screen shows one at a time. */
export type Pane = 'policies' | 'flow' | 'inspector'
export const PANES: readonly Pane[] = ['policies', 'flow', 'inspector']

export type IptablesForm = 'iptables-save' | 'iptables-list' | 'iptables-restore'
export type IpsetForm = 'table' | 'ipset-save' | 'ipset-list' | 'ipset-restore'

/** How the user looks at things; no part of the scenario. */
export interface ViewSettings {
  readonly theme: Theme
  readonly inspectorTab: InspectorTab
  readonly iptablesForm: IptablesForm
  /** One chain's name, `''` for all. */
  readonly chainFilter: string
  readonly ipsetForm: IpsetForm
  /** Whether texts hold the pods that were made for selectors, which no real node has. */
  readonly assumedPods: boolean
  /** Whether long lines of the texts break, as in a terminal. */
  readonly wrapLines: boolean
  readonly problemsOpen: boolean
  /** Shown on a narrow screen. */
  readonly pane: Pane
}

export const DEFAULT_VIEW: ViewSettings = {
  theme: 'system',
  inspectorTab: 'iptables',
  iptablesForm: 'iptables-list',
  chainFilter: '',
  ipsetForm: 'table',
  assumedPods: false,
  wrapLines: true,
  problemsOpen: false,
  pane: 'flow',
}
