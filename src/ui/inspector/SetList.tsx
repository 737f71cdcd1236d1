import { appStore } from '../../store/appStore.ts'
import type { KernelName } from '../../store/kernelNames.ts'
import { SelectionLink } from './Links.tsx'
import styles from './Explain.module.css'

/** Sets by their readable names; a click shows one with its members. */
export function SetList({
  sets,
  names,
}: {
  readonly sets: readonly string[]
  readonly names: ReadonlyMap<string, KernelName>
}) {
  return (
    <ul className={styles.list}>
      {sets.slice(0, 60).map(set => {
        const name = names.get(set)
        return (
          <li key={set}>
            <SelectionLink
              target={{ kind: 'set', name: set }}
              mono
              onFollow={() => {
                appStore.getState().select({ kind: 'set', name: set })
                appStore.getState().setView({ inspectorTab: 'ipsets', ipsetForm: 'table' })
              }}
            >
              {name?.readable === '' || name === undefined ? set : name.readable}
            </SelectionLink>
            <span className={styles.faint}>
              {set} · {name?.sentence}
            </span>
          </li>
        )
      })}
    </ul>
  )
}
