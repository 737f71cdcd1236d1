import { useMemo, useState } from 'react'
import type { NodeReport } from '../../model/nodeReport.ts'
import { appStore } from '../../store/appStore.ts'
import { hasDump, isNodeBehind, nodeReportOf } from '../../store/node.ts'
import { nodeMarkdown } from '../../store/nodeMarkdown.ts'
import { dumpNames } from '../../store/nodeNames.ts'
import { nodeSummary } from '../../store/nodeSummary.ts'
import { endpointName } from '../inspector/endpointName.ts'
import { useAppStore } from '../useApp.ts'
import { CopyButtons } from '../widgets/CopyButtons.tsx'
import { Segments } from '../widgets/Segments.tsx'
import { ChangedFlows } from './ChangedFlows.tsx'
import { Differences } from './Differences.tsx'
import { HowToImport } from './HowToImport.tsx'
import { NodeChains } from './NodeChains.tsx'
import { NodeHeadline } from './NodeHeadline.tsx'
import { NodeProblems } from './NodeProblems.tsx'
import { NodeSets } from './NodeSets.tsx'
import button from '../widgets/Button.module.css'
import inspector from '../inspector/Inspector.module.css'
import styles from './NodeTab.module.css'

type View = 'differences' | 'flows' | 'sets' | 'chains' | 'import'

/** A real node, read from its dumps, beside what the policies should give. */
export function NodeTab() {
  const dumps = useAppStore(hasDump)
  const report = useAppStore(nodeReportOf)
  const failed = useAppStore(state => state.nodeFailed)
  if (!dumps) return <HowToImport />
  if (failed)
    return (
      <div className={inspector.empty} role="alert">
        <p>The dumps could not be compared.</p>
        <button type="button" className={button.small} onClick={() => appStore.getState().failNode(false)}>
          Try again
        </button>
      </div>
    )
  return report === undefined ? <Reading /> : <Report report={report} />
}

function Reading() {
  const broken = useAppStore(state => state.result !== state.picture)
  return (
    <p className={inspector.empty} role="status">
      {broken
        ? 'The text has an error; the node is compared once it can be read.'
        : 'Reading the node’s rules and comparing them with the policies …'}
    </p>
  )
}

function Report({ report }: { readonly report: NodeReport }) {
  const [view, setView] = useState<View>('differences')
  const behind = useAppStore(isNodeBehind)
  const ruleset = useAppStore(state => state.picture?.analysis.ruleset)
  const names = useMemo(() => dumpNames(ruleset, report), [ruleset, report])
  const { differences, changedFlows } = nodeSummary(report)
  const views: readonly { readonly value: View; readonly label: string; readonly title: string }[] = [
    {
      value: 'differences',
      label: `Differences ${differences.toLocaleString('en')}`,
      title: 'Where the node’s rules and sets are not those of the policies',
    },
    {
      value: 'flows',
      label: `Flows ${changedFlows.toLocaleString('en')}`,
      title: 'Verdicts that are others on the node',
    },
    { value: 'sets', label: `Sets ${report.sets.length.toLocaleString('en')}`, title: 'The node’s ipsets' },
    {
      value: 'chains',
      label: `Chains ${report.chains.length.toLocaleString('en')}`,
      title: 'The node’s chains of all tables',
    },
    { value: 'import', label: 'More', title: 'Import more, and how to get it' },
  ]
  return (
    <div className={styles.report} aria-busy={behind}>
      <NodeHeadline report={report} behind={behind} />
      <NodeProblems problems={report.problems} />
      <div className={inspector.toolbar}>
        <Segments label="Part of the report" value={view} options={views} onChange={setView} />
        <div className={inspector.end}>
          <CopyButtons what="report as Markdown" fileName="node-report.md" text={() => markdown(report)} />
        </div>
      </div>
      {view === 'differences' ? (
        <Differences report={report} />
      ) : view === 'flows' ? (
        <ChangedFlows report={report} />
      ) : view === 'sets' ? (
        <NodeSets report={report} names={names} />
      ) : view === 'chains' ? (
        <NodeChains report={report} names={names} />
      ) : (
        <HowToImport />
      )}
    </div>
  )
}

function markdown(report: NodeReport): string {
  const { scenario, picture } = appStore.getState()
  const names = new Map(picture?.analysis.endpoints.map(one => [one.id, endpointName(one)]))
  return nodeMarkdown(report, scenario.name, id => names.get(id) ?? id)
}
