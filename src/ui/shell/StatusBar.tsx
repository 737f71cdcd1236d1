import { useMemo } from 'react'
import { countFlows } from '../../store/countFlows.ts'
import { useAppStore } from '../useApp.ts'
import { VERSION } from '../version.ts'
import styles from './StatusBar.module.css'

function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`
}

export function StatusBar() {
  const picture = useAppStore(state => state.picture)
  const revision = useAppStore(state => state.revision)
  const behind = useAppStore(state => state.result?.revision !== state.revision)
  const flows = useMemo(
    () => (picture === undefined ? undefined : countFlows(picture.analysis.connectivity)),
    [picture],
  )
  const assumed = picture?.analysis.pods.filter(pod => pod.assumed === true).length ?? 0
  return (
    <footer className={styles.bar}>
      {picture === undefined || flows === undefined ? (
        <span>Starting …</span>
      ) : (
        <>
          <span>
            {plural(picture.analysis.pods.length, 'pod')}
            {assumed > 0 && ` (${assumed} assumed)`}
          </span>
          <span>{plural(picture.analysis.policies.length, 'policy', 'policies')}</span>
          <span>
            {plural(flows.all, 'flow')}
            {flows.restricted > 0 && `, ${flows.restricted.toLocaleString('en')} restricted`}
            {flows.differing > 0 && `, ${flows.differing.toLocaleString('en')} not as promised`}
          </span>
          <span title="Time in the worker">{Math.max(1, Math.round(picture.milliseconds))} ms</span>
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
