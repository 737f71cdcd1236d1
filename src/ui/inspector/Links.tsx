import type { ReactNode } from 'react'
import type { Origin } from '../../model/origin.ts'
import { appStore } from '../../store/appStore.ts'
import { hoverStore } from '../../store/hoverStore.ts'
import type { Selection } from '../../store/selection.ts'
import { placeOfOrigin } from '../editor/sourceAt.ts'
import styles from './Links.module.css'

interface Props {
  readonly target: Selection
  readonly children: ReactNode
  readonly mono?: boolean
  readonly title?: string | undefined
  readonly onFollow?: () => void
}

/** Hovering highlights the target in all panes, a click selects it. */
export function SelectionLink({ target, children, mono = false, title, onFollow }: Props) {
  return (
    <button
      type="button"
      className={mono ? `${styles.link} ${styles.mono}` : styles.link}
      title={title}
      onPointerEnter={() => hoverStore.getState().hover(target)}
      onPointerLeave={() => hoverStore.getState().hover(undefined)}
      onFocus={() => hoverStore.getState().hover(target)}
      onBlur={() => hoverStore.getState().hover(undefined)}
      onClick={() => {
        hoverStore.getState().hover(undefined)
        if (onFollow === undefined) appStore.getState().select(target)
        else onFollow()
      }}
    >
      {children}
    </button>
  )
}

/** A field of the YAML: a click shows it in the editor and leaves the selection as it is. */
export function YamlLink({ origin, children }: { readonly origin: Origin; readonly children: ReactNode }) {
  const follow = (): void => {
    const { picture, revealRange } = appStore.getState()
    const place = picture === undefined ? undefined : placeOfOrigin(picture.analysis, origin)
    if (place !== undefined) revealRange(place.file, place.range.start, place.range.end)
  }
  return (
    <SelectionLink target={{ kind: 'origin', ...origin }} mono title="Show in the YAML" onFollow={follow}>
      {children}
    </SelectionLink>
  )
}
