import { useEffect, useLayoutEffect, useRef } from 'react'
import { createPortal } from 'react-dom'
import { useStore } from 'zustand'
import { displayedAnalysis } from '../../store/timeline.ts'
import { useAppStore } from '../useApp.ts'
import { MenuItems } from '../widgets/MenuItems.tsx'
import { closeFlowMenu, flowMenuStore, type FlowMenuOpen } from './flowMenuStore.ts'
import { thingMenu } from './thingMenu.ts'
import { thingName } from './flowThing.ts'
import styles from './FlowPane.module.css'

/** The menu of what was clicked with the other button, or of what has the focus. */
export function FlowMenu() {
  const open = useStore(flowMenuStore, state => state.open)
  return open === undefined ? null : createPortal(<OpenMenu open={open} />, document.body)
}

const MARGIN = 8

function OpenMenu({ open }: { readonly open: FlowMenuOpen }) {
  const analysis = useAppStore(displayedAnalysis)
  const view = useAppStore(state => state.graphView)
  const root = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const outside = (event: Event): void => {
      if (!(event.target instanceof Node) || root.current?.contains(event.target) !== true)
        closeFlowMenu(false)
    }
    const close = (): void => closeFlowMenu(false)
    document.addEventListener('pointerdown', outside)
    document.addEventListener('wheel', outside)
    window.addEventListener('resize', close)
    return () => {
      document.removeEventListener('pointerdown', outside)
      document.removeEventListener('wheel', outside)
      window.removeEventListener('resize', close)
    }
  }, [])
  useLayoutEffect(() => {
    const box = root.current
    if (box === null) return
    const { width, height } = box.getBoundingClientRect()
    box.style.left = `${Math.max(MARGIN, Math.min(open.x, window.innerWidth - width - MARGIN))}px`
    box.style.top = `${Math.max(MARGIN, Math.min(open.y, window.innerHeight - height - MARGIN))}px`
  }, [open])
  if (analysis === undefined) return null
  return (
    <div
      ref={root}
      className={styles.menu}
      style={{ left: open.x, top: open.y }}
      onContextMenu={event => event.preventDefault()}
    >
      <MenuItems
        key={`${open.x} ${open.y} ${thingName(open.thing)}`}
        label={`Actions for ${thingName(open.thing)}`}
        items={thingMenu(open.thing, analysis, view)}
        style={{ position: 'static' }}
        onClose={closeFlowMenu}
      />
    </div>
  )
}
