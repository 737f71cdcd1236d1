import type { DumpPlace } from '../../model/nodeReport.ts'
import { showPlace } from './showPlace.ts'
import styles from '../inspector/Links.module.css'

/** A line of a dump: a click shows it in the editor. */
export function PlaceLink({ place }: { readonly place: DumpPlace }) {
  return (
    <button
      type="button"
      className={`${styles.link} ${styles.mono}`}
      title="Show in the dump"
      onClick={() => showPlace(place)}
    >
      {place.file}:{place.line}
    </button>
  )
}
