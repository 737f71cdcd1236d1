import { appStore } from '../../store/appStore.ts'
import { hoverStore } from '../../store/hoverStore.ts'
import type { KernelName } from '../../store/kernelNames.ts'
import type { Selection } from '../../store/selection.ts'
import styles from './Legend.module.css'

/** Rows drawn at most; the tables of large clusters are read in the ipsets tab. */
const SHOWN = 200

function target({ kind, name }: KernelName): Selection {
  return kind === 'set' ? { kind: 'set', name } : { kind: 'chain', name }
}

/** For each kernel name what it is. */
export function Legend({ names }: { readonly names: readonly KernelName[] }) {
  return (
    <details className={styles.legend}>
      <summary>
        What the names mean <span>{names.length}</span>
      </summary>
      <div className={styles.scroll} tabIndex={0} role="group" aria-label="Legend">
        <table>
          <thead>
            <tr>
              <th scope="col">Kernel name</th>
              <th scope="col">Meaning</th>
            </tr>
          </thead>
          <tbody>
            {names.slice(0, SHOWN).map(name => (
              <tr
                key={name.name}
                onPointerEnter={() => hoverStore.getState().hover(target(name))}
                onPointerLeave={() => hoverStore.getState().hover(undefined)}
              >
                <td>
                  <button type="button" onClick={() => appStore.getState().select(target(name))}>
                    {name.name}
                  </button>
                </td>
                <td>
                  {name.readable !== '' && <code>{name.readable}</code>} {name.sentence}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        {names.length > SHOWN && <p>… and {names.length - SHOWN} more.</p>}
      </div>
    </details>
  )
}
