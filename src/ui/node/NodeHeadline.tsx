import { CircleCheck, CircleHelp, CircleX, TriangleAlert } from 'lucide-react'
import type { NodeReport } from '../../model/nodeReport.ts'
import { appStore } from '../../store/appStore.ts'
import { asSentence, nodeKind, nodeSummary, type NodeTone } from '../../store/nodeSummary.ts'
import { useAppStore } from '../useApp.ts'
import styles from './NodeTab.module.css'

const ICONS: Readonly<Record<NodeTone, typeof CircleX>> = {
  good: CircleCheck,
  notice: TriangleAlert,
  bad: CircleX,
  unknown: CircleHelp,
}

/** What the comparison comes to, of which node, from which files. */
export function NodeHeadline({ report, behind }: { readonly report: NodeReport; readonly behind: boolean }) {
  const { tone, sentence } = nodeSummary(report)
  const scenarioProfile = useAppStore(state => state.scenario.profile)
  const { profile } = report
  const Icon = ICONS[tone]
  return (
    <header className={styles.headline} data-tone={tone}>
      <h3>
        <Icon size={17} aria-hidden />
        <span role="status">{sentence}</span>
        {behind && <span className={styles.working}>comparing …</span>}
      </h3>
      <p>
        {nodeKind(report)}
        {report.files.map(file => (
          <button
            key={file}
            type="button"
            title="Show the file"
            onClick={() => {
              appStore.getState().openFile(file)
              appStore.getState().setView({ pane: 'policies' })
            }}
          >
            {file}
          </button>
        ))}
      </p>
      {profile !== undefined && profile !== scenarioProfile && (
        <p>
          The scenario is set to azure-npm {scenarioProfile}.
          <button type="button" onClick={() => appStore.getState().setProfile(profile)}>
            Set it to {profile}
          </button>
        </p>
      )}
      {report.changedLimit !== undefined && <p>{asSentence(report.changedLimit)}</p>}
    </header>
  )
}
