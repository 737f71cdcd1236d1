import { useRef, useState, type ReactNode } from 'react'
import { Command, defaultFilter } from 'cmdk'
import type { Action } from '../actions/action.ts'
import { LOCAL_KEYS } from '../actions.ts'
import { EXAMPLE_CHOICES, openExample } from '../examples/exampleChoices.ts'
import styles from './Dialogs.module.css'

interface Props {
  readonly actions: readonly Action[]
  readonly paletteIcon: ReactNode
  readonly helpIcon: ReactNode
}

const GROUPS: readonly Action['group'][] = ['Scenario', 'Files', 'Go to', 'Flow graph', 'View', 'Help']

/** Below this the letters of the search stand so far apart that they are there by chance. */
const LEAST_SCORE = 0.15

/** What holds the words as they are comes before what has their letters near each other. */
function score(value: string, search: string, keywords: string[] = []): number {
  const text = `${value} ${keywords.join(' ')}`.toLowerCase()
  const held = search
    .toLowerCase()
    .trim()
    .split(/\s+/)
    .every(word => text.includes(word))
  const near = defaultFilter(value, search, keywords)
  if (held) return 1 + near
  return near < LEAST_SCORE ? 0 : near
}

/** The command palette and the list of shortcuts, with the buttons that open them. */
export function Dialogs({ actions, paletteIcon, helpIcon }: Props) {
  const palette = useRef<HTMLDialogElement>(null)
  const help = useRef<HTMLDialogElement>(null)
  // The list is drawn only while it is open, and starts empty each time.
  const [searching, setSearching] = useState(false)
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
          <Command label="Command palette" loop filter={score}>
            <Command.Input autoFocus placeholder="Do something, or open an example …" />
            <Command.List>
              <Command.Empty>Nothing of that name.</Command.Empty>
              {GROUPS.map(group => (
                <Command.Group key={group} heading={group}>
                  {actions
                    .filter(action => action.group === group && action.id !== 'palette')
                    .map(action => (
                      <Command.Item
                        key={action.id}
                        value={`${action.name} ${group}`}
                        keywords={action.keywords?.split(' ') ?? []}
                        onSelect={() => run(action.run)}
                      >
                        {action.name}
                        {action.shortcut !== undefined && <kbd>{action.shortcut.label}</kbd>}
                      </Command.Item>
                    ))}
                </Command.Group>
              ))}
              <Command.Group heading="Examples">
                {EXAMPLE_CHOICES.map(choice => (
                  <Command.Item
                    key={choice.id}
                    value={`${choice.name} example`}
                    onSelect={() => run(() => void openExample(choice))}
                  >
                    {choice.name}
                  </Command.Item>
                ))}
              </Command.Group>
            </Command.List>
          </Command>
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
          {GROUPS.map(group => (
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
