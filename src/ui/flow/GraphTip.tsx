import { useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react'
import type { Endpoint } from '../../model/connectivity.ts'
import type { Deviation } from '../../model/deviation.ts'
import type { GraphModel } from '../../model/picture.ts'
import { appStore } from '../../store/appStore.ts'
import { flowMenuStore } from './flowMenuStore.ts'
import { displayedAnalysis, pastMoment } from '../../store/timeline.ts'
import { useAnalysisClient } from '../session.ts'
import { tipOf, type Tip } from './tipWords.ts'
import styles from './GraphTip.module.css'

interface Props {
  readonly wrapper: RefObject<HTMLDivElement | null>
  readonly model: GraphModel
  readonly endpoints: readonly Endpoint[]
}

/** Milliseconds that something must be pointed at, and that the pointer may be gone on its way to the card. */
const SHOW = 420
const HIDE = 160
const GAP = 10
const DRAWN = '.react-flow__node, .react-flow__edge, .flow-label'

interface Shown {
  readonly id: string
  readonly tip: Tip
  /** What the card stays clear of, in pixels of the window. */
  readonly anchor: DOMRect
}

/**
 * A card about what the pointer or the focus rests on. It listens to the canvas and draws beside it, so that no node is
 * drawn anew; Escape puts it away.
 */
export function GraphTip({ wrapper, model, endpoints }: Props) {
  const [shown, setShown] = useState<Shown>()
  const card = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const root = wrapper.current
    if (root === null) return
    let at: string | undefined
    let timer: ReturnType<typeof setTimeout> | undefined
    const later = (milliseconds: number, run: () => void): void => {
      clearTimeout(timer)
      timer = setTimeout(run, milliseconds)
    }
    const hide = (): void => {
      clearTimeout(timer)
      at = undefined
      setShown(undefined)
    }
    const show = (element: Element, id: string, pointer?: PointerEvent): void => {
      const tip = tipOf(id, model, endpoints)
      const isBusy = flowMenuStore.getState().open !== undefined
      if (tip !== undefined && !isBusy) setShown({ id, tip, anchor: anchorOf(root, element, id, pointer) })
    }
    const onOver = (event: PointerEvent): void => {
      if (!(event.target instanceof Element) || event.buttons !== 0) return
      if (card.current?.contains(event.target) === true) return clearTimeout(timer)
      const element = event.target.closest(DRAWN)
      const id = element?.getAttribute('data-id') ?? undefined
      if (id === at) {
        if (id !== undefined) return
      }
      at = id
      if (element === null || id === undefined) later(HIDE, hide)
      else later(SHOW, () => show(element, id, event))
    }
    const onFocus = (event: FocusEvent): void => {
      if (!(event.target instanceof Element) || !event.target.matches(':focus-visible')) return
      const element = event.target.closest(DRAWN)
      const id = element?.getAttribute('data-id')
      if (element === null || id === null || id === undefined) return
      at = id
      later(SHOW, () => show(element, id))
    }
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape' || card.current === null) return
      const active = document.activeElement
      // The first Escape puts the card away, the next one clears the selection; other fields keep theirs.
      if (active === null || active === document.body || root.contains(active)) {
        event.preventDefault()
        event.stopPropagation()
      }
      hide()
    }
    const onLeave = (): void => later(HIDE, hide)
    root.addEventListener('pointerover', onOver)
    root.addEventListener('pointerleave', onLeave)
    root.addEventListener('pointerdown', hide)
    root.addEventListener('wheel', hide, { passive: true })
    root.addEventListener('focusin', onFocus)
    root.addEventListener('focusout', onLeave)
    window.addEventListener('keydown', onKey, true)
    const stopMenu = flowMenuStore.subscribe(hide)
    return () => {
      clearTimeout(timer)
      root.removeEventListener('pointerover', onOver)
      root.removeEventListener('pointerleave', onLeave)
      root.removeEventListener('pointerdown', hide)
      root.removeEventListener('wheel', hide)
      root.removeEventListener('focusin', onFocus)
      root.removeEventListener('focusout', onLeave)
      window.removeEventListener('keydown', onKey, true)
      stopMenu()
    }
  }, [wrapper, model, endpoints])

  useLayoutEffect(() => {
    const box = card.current
    const root = wrapper.current
    if (box === null || root === null || shown === undefined) return
    const room = root.getBoundingClientRect()
    const place = placeBeside(shown.anchor, room, box.offsetWidth, box.offsetHeight)
    box.style.left = `${place.x - room.left}px`
    box.style.top = `${place.y - room.top}px`
    box.style.visibility = 'visible'
  }, [wrapper, shown])

  // What is drawn may have changed since.
  const isThere =
    shown !== undefined && [...model.nodes, ...model.edges, ...model.groups].some(({ id }) => id === shown.id)
  if (!isThere) return null
  const { tip } = shown
  return (
    <div key={shown.id} ref={card} role="tooltip" className={styles.card}>
      <p className={styles.title}>{tip.title}</p>
      <dl className={styles.facts}>
        {tip.facts.map(({ name, text, tone }) => (
          <div key={name} data-tone={tone}>
            <dt>{name}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      {tip.deviating !== undefined && <Deviations src={tip.deviating.src} dst={tip.deviating.dst} />}
    </div>
  )
}

/** Why promise and data plane differ, as the worker explains it. */
function Deviations({ src, dst }: { readonly src: string; readonly dst: string }) {
  const client = useAnalysisClient()
  const [found, setFound] = useState<readonly Pick<Deviation, 'id' | 'name'>[]>([])
  useEffect(() => {
    let current = true
    const state = appStore.getState()
    const step = pastMoment(state)?.step
    void client.ask('explain', { src, dst, ...(step !== undefined && { step }) }).then(answer => {
      const known = displayedAnalysis(appStore.getState())?.deviations ?? []
      const ids = answer?.explanation?.deviations ?? []
      if (current) setFound(ids.map(id => ({ id, name: known.find(one => one.id === id)?.name ?? '' })))
    })
    return () => {
      current = false
    }
  }, [client, src, dst])
  return (
    <ul className={styles.deviations}>
      {found.map(({ id, name }) => (
        <li key={id}>
          <b>{id}</b> {name}
        </li>
      ))}
    </ul>
  )
}

/** A node's box; of a line its label or, where it has none, the place that is pointed at. */
function anchorOf(
  root: HTMLElement,
  element: Element,
  id: string,
  pointer: PointerEvent | undefined,
): DOMRect {
  if (element.matches('.react-flow__node')) {
    const box = element.getBoundingClientRect()
    const head = root.getBoundingClientRect()
    // A box as large as the pane leaves no room beside it: its top is what the card keeps off.
    return box.height > head.height / 3 ? new DOMRect(box.x, box.y, box.width, 30) : box
  }
  const label = root.querySelector(`.flow-label[data-id="${CSS.escape(id)}"]`)
  const box = label?.getBoundingClientRect()
  if (box !== undefined && box.width > 0) return box
  if (pointer !== undefined) return new DOMRect(pointer.clientX - 8, pointer.clientY - 8, 16, 16)
  const line = element.getBoundingClientRect()
  return new DOMRect(line.x + line.width / 2 - 8, line.y + line.height / 2 - 8, 16, 16)
}

/** Below, above, at the right or at the left: the first where it fits without covering the anchor. */
function placeBeside(
  anchor: DOMRect,
  room: DOMRect,
  width: number,
  height: number,
): { readonly x: number; readonly y: number } {
  const clamp = (value: number, least: number, most: number): number =>
    Math.max(least, Math.min(value, Math.max(least, most)))
  const x = clamp(anchor.x + anchor.width / 2 - width / 2, room.left + 4, room.right - width - 4)
  const y = clamp(anchor.y + anchor.height / 2 - height / 2, room.top + 4, room.bottom - height - 4)
  if (anchor.bottom + GAP + height <= room.bottom) return { x, y: anchor.bottom + GAP }
  if (anchor.top - GAP - height >= room.top) return { x, y: anchor.top - GAP - height }
  if (anchor.right + GAP + width <= room.right) return { x: anchor.right + GAP, y }
  if (anchor.left - GAP - width >= room.left) return { x: anchor.left - GAP - width, y }
  return { x, y: anchor.bottom + GAP }
}
