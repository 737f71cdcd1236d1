import { useEffect, useLayoutEffect } from 'react'
import { Group, Panel, Separator, useDefaultLayout } from 'react-resizable-panels'
import { appStore } from '../store/appStore.ts'
import { PANES, type Pane } from '../store/viewSettings.ts'
import { handleKey } from './actions.ts'
import { PoliciesPane } from './editor/PoliciesPane.tsx'
import { ErrorBoundary } from './ErrorBoundary.tsx'
import { FlowPane } from './flow/FlowPane.tsx'
import { Inspector } from './inspector/Inspector.tsx'
import { ProblemsPane } from './problems/ProblemsPane.tsx'
import { Banners } from './shell/Banners.tsx'
import { DropZone } from './shell/DropZone.tsx'
import { Header } from './shell/Header.tsx'
import { NoticeArea } from './shell/NoticeArea.tsx'
import { StatusBar } from './shell/StatusBar.tsx'
import { useAppStore } from './useApp.ts'
import { useMedia, useTheme } from './useTheme.ts'
import { Tabs } from './widgets/Tabs.tsx'
import styles from './App.module.css'

const NAMES: Readonly<Record<Pane, string>> = { policies: 'Policies', flow: 'Flow', inspector: 'Inspector' }
const CONTENTS: Readonly<Record<Pane, () => React.JSX.Element>> = {
  policies: PoliciesPane,
  flow: FlowPane,
  inspector: Inspector,
}
/** Percent of the width. */
const SIZES: Readonly<Record<Pane, number>> = { policies: 24, flow: 46, inspector: 30 }

function Region({ pane }: { readonly pane: Pane }) {
  const Content = CONTENTS[pane]
  return (
    <section className={styles.region} aria-label={NAMES[pane]} data-pane={pane} tabIndex={-1}>
      <ErrorBoundary pane={NAMES[pane]}>
        <Content />
      </ErrorBoundary>
    </section>
  )
}

function WidePanes() {
  const { defaultLayout, onLayoutChanged } = useDefaultLayout({
    id: 'netpol-flow:panes',
    panelIds: [...PANES],
  })
  return (
    <Group
      orientation="horizontal"
      className={styles.panes}
      {...(defaultLayout !== undefined && { defaultLayout })}
      onLayoutChanged={onLayoutChanged}
    >
      {PANES.flatMap((pane, i) => [
        ...(i === 0
          ? []
          : [
              <Separator
                key={`${pane}-separator`}
                className={styles.separator ?? ''}
                aria-label={`Width of ${NAMES[PANES[i - 1] ?? pane]}`}
              />,
            ]),
        <Panel key={pane} id={pane} defaultSize={`${SIZES[pane]}%`} minSize="14%">
          <Region pane={pane} />
        </Panel>,
      ])}
    </Group>
  )
}

function NarrowPanes() {
  const pane = useAppStore(state => state.view.pane)
  return (
    <>
      <Tabs
        label="Panes"
        value={pane}
        tabs={PANES.map(value => ({ value, label: NAMES[value] }))}
        onChange={value => appStore.getState().setView({ pane: value })}
        panel="narrow-pane"
      />
      <div role="tabpanel" id="narrow-pane" aria-labelledby={`narrow-pane-${pane}`} className={styles.narrow}>
        <Region key={pane} pane={pane} />
      </div>
    </>
  )
}

export function App() {
  const theme = useTheme()
  const narrow = useMedia('(max-width: 640px)')
  const name = useAppStore(state => state.scenario.name)

  useLayoutEffect(() => {
    document.documentElement.dataset['theme'] = theme
  }, [theme])
  useEffect(() => {
    document.title = `${name} · Netpol Flow`
  }, [name])
  useEffect(() => {
    window.addEventListener('keydown', handleKey)
    return () => window.removeEventListener('keydown', handleKey)
  }, [])

  return (
    <div className={styles.app}>
      <Header />
      <div>
        <Banners />
      </div>
      <main className={styles.main}>
        {narrow ? <NarrowPanes /> : <WidePanes />}
        <ProblemsPane />
      </main>
      <StatusBar />
      <NoticeArea />
      <DropZone />
    </div>
  )
}
