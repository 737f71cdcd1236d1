import { lazy, Suspense, useEffect, useRef, useState, type ReactNode } from 'react'
import { ACTION_GROUPS, type Action } from '../actions/action.ts'
import { LOCAL_KEYS } from '../actions.ts'
import { ErrorBoundary } from '../ErrorBoundary.tsx'
import styles from './Dialogs.module.css'

interface Props {
  readonly actions: readonly Action[]
  readonly paletteIcon: ReactNode
  readonly helpIcon: ReactNode
}

const loadPalette = async () => ({ default: (await import('./PaletteList.tsx')).PaletteList })
/** Milliseconds. */
const AFTER_THE_START = 1000

const PaletteList = lazy(loadPalette)

/** The command palette and the list of shortcuts, with the buttons that open them. */
export function Dialogs({ actions, paletteIcon, helpIcon }: Props) {
  const palette = useRef<HTMLDialogElement>(null)
  const help = useRef<HTMLDialogElement>(null)
  // The list is drawn only while it is open, and starts empty each time.
  const [searching, setSearching] = useState(false)
  // Not on the way to the first picture, and there before somebody types into it.
  useEffect(() => {
    // What cannot be loaded now is asked for again, and told, when somebody opens it.
    const timer = setTimeout(() => void loadPalette().catch(() => undefined), AFTER_THE_START)
    return () => clearTimeout(timer)
  }, [])
  const labelOf = (id: string): string => actions.find(action => action.id === id)?.shortcut?.label ?? ''

  const run = (choice: () => void): void => {
    palette.current?.close()
    // The dialog gives the focus back first, so that the action may take it.
    requestAnimationFrame(choice)
  }

  return (
    <>
      <button
        type="button"
        className={styles.opener}
        data-opens="palette"
        aria-label="Command palette"
        aria-haspopup="dialog"
        title={`Command palette (${labelOf('palette')})`}
        onClick={() => {
          setSearching(true)
          palette.current?.showModal()
        }}
      >
        {paletteIcon}
        <kbd>{labelOf('palette')}</kbd>
      </button>
      <button
        type="button"
        className={styles.opener}
        data-opens="help"
        aria-label="Keyboard shortcuts"
        aria-haspopup="dialog"
        title="Keyboard shortcuts (?)"
        onClick={() => help.current?.showModal()}
      >
        {helpIcon}
      </button>

      <dialog
        ref={palette}
        className={styles.palette}
        aria-label="Command palette"
        onClose={() => setSearching(false)}
        onClick={event => {
          if (event.target === event.currentTarget) event.currentTarget.close()
        }}
      >
        {searching && (
          <ErrorBoundary pane="The command palette">
            <Suspense>
              <PaletteList actions={actions} onChoose={run} />
            </Suspense>
          </ErrorBoundary>
        )}
      </dialog>

      <dialog
        ref={help}
        className={styles.help}
        aria-labelledby="shortcuts-title"
        onClick={event => {
          if (event.target === event.currentTarget) event.currentTarget.close()
        }}
      >
        <div className={styles.helpHead}>
          <h2 id="shortcuts-title">Keyboard shortcuts</h2>
          <button type="button" onClick={() => help.current?.close()}>
            Close
          </button>
        </div>
        <div className={styles.columns}>
          {ACTION_GROUPS.map(group => (
            <section key={group}>
              <h3>{group}</h3>
              <dl>
                {actions
                  .filter(action => action.group === group && action.shortcut !== undefined)
                  .map(action => (
                    <div key={action.id}>
                      <dt>{action.name}</dt>
                      <dd>
                        <kbd>{action.shortcut?.label}</kbd>
                      </dd>
                    </div>
                  ))}
              </dl>
            </section>
          ))}
          <section>
            <h3>In the graph, the matrix and the list</h3>
            <dl>
              {LOCAL_KEYS.map(({ keys, name }) => (
                <div key={keys}>
                  <dt>{name}</dt>
                  <dd>
                    <kbd>{keys}</kbd>
                  </dd>
                </div>
              ))}
            </dl>
          </section>
          <section>
            <h3>Everywhere</h3>
            <p>
              Hovering highlights what belongs together in all panes; a click or Enter pins it. In the editor,
              F1 lists the editor’s own commands and F8 goes to the next problem.
            </p>
          </section>
        </div>
      </dialog>
    </>
  )
}
