import { displayedAnalysis } from '../../store/timeline.ts'
import { ExpectationStatus } from '../expectations/ExpectationStatus.tsx'
import { useAppStore } from '../useApp.ts'
import { VERSION } from '../version.ts'
import styles from './StatusBar.module.css'

function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`
}

export function StatusBar() {
  const analysis = useAppStore(displayedAnalysis)
  const milliseconds = useAppStore(state => state.picture?.milliseconds ?? 0)
  const revision = useAppStore(state => state.revision)
  const behind = useAppStore(state => state.result?.revision !== state.revision)
  const flows = analysis?.flowCounts
  const assumed = analysis?.pods.filter(pod => pod.assumed === true).length ?? 0
  return (
    <footer className={styles.bar}>
      {analysis === undefined ? (
        <span>Starting …</span>
      ) : (
        <>
          <span>
            {plural(analysis.pods.length, 'pod')}
            {assumed > 0 && ` (${assumed} assumed)`}
          </span>
          <span>{plural(analysis.policies.length, 'policy', 'policies')}</span>
          {flows !== undefined && (
            <span>
              {plural(flows.all, 'flow')}
              {flows.restricted > 0 && `, ${flows.restricted.toLocaleString('en')} restricted`}
              {flows.differing > 0 && `, ${flows.differing.toLocaleString('en')} not as promised`}
            </span>
          )}
          <ExpectationStatus />
          <span title="Time in the worker">{Math.max(1, Math.round(milliseconds))} ms</span>
        </>
      )}
      <span className={styles.spring} />
      <span data-busy={behind} title="Changes since the page was opened">
        {behind ? 'Working …' : `Revision ${revision}`}
      </span>
      <span>Nothing leaves this browser</span>
      <span>v{VERSION}</span>
    </footer>
  )
}
