import { lazy, Suspense, useMemo } from 'react'
import { appStore } from '../../store/appStore.ts'
import { kernelNames, type KernelName } from '../../store/kernelNames.ts'
import { nodeReportOf } from '../../store/node.ts'
import { INSPECTOR_TABS, type InspectorTab } from '../../store/viewSettings.ts'
import { displayedAnalysis } from '../../store/timeline.ts'
import { ErrorBoundary } from '../ErrorBoundary.tsx'
import { MomentBanner } from '../events/MomentBanner.tsx'
import { expectationTabOf } from '../expectations/expectationTabOf.tsx'
import { useExpectationCounts } from '../expectations/useExpectations.ts'
import { nodeTabOf } from '../node/nodeTabOf.tsx'
import { useAppStore } from '../useApp.ts'
import { Tabs, type Tab } from '../widgets/Tabs.tsx'
import { IpsetsTab } from './IpsetsTab.tsx'
import { IptablesTab } from './IptablesTab.tsx'
import { useKeptFocus } from './useKeptFocus.ts'
import styles from './Inspector.module.css'

// Asked for by a few only, and not on the way to the first picture.
const ExplainTab = lazy(async () => ({ default: (await import('./ExplainTab.tsx')).ExplainTab }))
const PacketTab = lazy(async () => ({ default: (await import('../packet/PacketTab.tsx')).PacketTab }))
const EventsTab = lazy(async () => ({ default: (await import('../events/EventsTab.tsx')).EventsTab }))
const ExpectationsTab = lazy(async () => ({
  default: (await import('../expectations/ExpectationsTab.tsx')).ExpectationsTab,
}))
const NodeTab = lazy(async () => ({ default: (await import('../node/NodeTab.tsx')).NodeTab }))

const NAMES: Readonly<Record<InspectorTab, string>> = {
  iptables: 'iptables',
  ipsets: 'ipsets',
  packet: 'Packet',
  explain: 'Explain',
  events: 'Events',
  expectations: 'Expectations',
  node: 'Node',
}
const NO_NAMES: ReadonlyMap<string, KernelName> = new Map()

/** What the node holds, and why. */
export function Inspector() {
  const tab = useAppStore(state => state.view.inspectorTab)
  const analysis = useAppStore(displayedAnalysis)
  const names = useMemo(() => (analysis === undefined ? NO_NAMES : kernelNames(analysis.ruleset)), [analysis])
  const expectations = useExpectationCounts()
  const report = useAppStore(nodeReportOf)
  const { panel, onFocus, onBlur } = useKeptFocus(tab)
  const marked: Partial<Record<InspectorTab, Tab<InspectorTab>>> = {
    expectations: expectationTabOf(expectations),
    node: nodeTabOf(report),
  }
  return (
    <>
      <h2 className="visually-hidden">Inspector</h2>
      <Tabs
        label="Inspector"
        value={tab}
        tabs={INSPECTOR_TABS.map(value => marked[value] ?? { value, label: NAMES[value] })}
        onChange={value => appStore.getState().setView({ inspectorTab: value })}
        panel="inspector-panel"
      />
      <div
        role="tabpanel"
        id="inspector-panel"
        aria-labelledby={`inspector-panel-${tab}`}
        className={styles.panel}
        ref={panel}
        tabIndex={-1}
        onFocus={onFocus}
        onBlur={onBlur}
      >
        {tab !== 'events' && <MomentBanner brief />}
        <ErrorBoundary key={tab} pane={NAMES[tab]}>
          <Suspense fallback={<p className={styles.empty}>Opening …</p>}>
            {analysis === undefined ? (
              <p className={styles.empty}>Translating …</p>
            ) : tab === 'iptables' ? (
              <IptablesTab analysis={analysis} names={names} />
            ) : tab === 'ipsets' ? (
              <IpsetsTab analysis={analysis} names={names} />
            ) : tab === 'packet' ? (
              <PacketTab analysis={analysis} names={names} />
            ) : tab === 'explain' ? (
              <ExplainTab analysis={analysis} names={names} />
            ) : tab === 'events' ? (
              <EventsTab />
            ) : tab === 'expectations' ? (
              <ExpectationsTab />
            ) : (
              <NodeTab />
            )}
          </Suspense>
        </ErrorBoundary>
      </div>
    </>
  )
}
