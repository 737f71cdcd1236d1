import { displayedAnalysis } from '../../store/timeline.ts'
import { ExpectationStatus } from '../expectations/ExpectationStatus.tsx'
import { useAppStore } from '../useApp.ts'
import { VERSION } from '../version.ts'
import styles from './StatusBar.module.css'
import { WorkStatus } from './WorkStatus.tsx'

function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`
}

export function StatusBar() {
  const analysis = useAppStore(displayedAnalysis)
  const milliseconds = useAppStore(state => state.picture?.milliseconds ?? 0)
  const stopped = useAppStore(state => state.stopped)
  const flows = analysis?.flowCounts
  return (
    <footer className={styles.bar}>
      {analysis === undefined ? (
        <span>{stopped ? 'Nothing analysed' : 'Starting …'}</span>
      ) : (
        <>
          <span>
            {plural(analysis.podCount.all, 'pod')}
            {analysis.podCount.assumed > 0 && ` (${analysis.podCount.assumed} assumed)`}
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
      <WorkStatus />
      <span>Nothing leaves this browser</span>
      <span>v{VERSION}</span>
    </footer>
  )
}
