import { lazy, Suspense } from 'react'
import { appStore } from '../../store/appStore.ts'
import { useAppStore } from '../useApp.ts'
import { useMedia } from '../useTheme.ts'
import { editorName } from './editorName.ts'
import { FileTabs } from './FileTabs.tsx'
import styles from './PoliciesPane.module.css'

/** The editor is most of the page's bytes; the graph does not wait for it. */
const MonacoEditor = lazy(() =>
  import('./MonacoEditor.tsx').then(module => ({ default: module.MonacoEditor })),
)

/** The text without an editor: while it loads, and where it does not work, on touch screens. */
function PlainText({ loading }: { readonly loading: boolean }) {
  const file = useAppStore(state => state.activeFile)
  const active = useAppStore(state => state.scenario.files.find(f => f.name === state.activeFile))
  return (
    <textarea
      className={styles.plain}
      aria-label={editorName(active)}
      aria-busy={loading}
      value={active?.text ?? ''}
      readOnly={loading}
      spellCheck={false}
      autoCapitalize="off"
      wrap="off"
      onChange={event => appStore.getState().setText(file, event.target.value)}
    />
  )
}

export function PoliciesPane() {
  const narrow = useMedia('(max-width: 640px)')
  return (
    <>
      <FileTabs />
      <div className={styles.text} id="policy-text" role="tabpanel" aria-label="Text of the file">
        {narrow ? (
          <PlainText loading={false} />
        ) : (
          <Suspense fallback={<PlainText loading />}>
            <MonacoEditor />
          </Suspense>
        )}
      </div>
    </>
  )
}
