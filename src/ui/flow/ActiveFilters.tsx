import { X } from 'lucide-react'
import type { GraphView } from '../../model/graphView.ts'
import { appStore } from '../../store/appStore.ts'
import { activeFilters } from './activeFilters.ts'
import styles from './FilterMenu.module.css'

/** The filters that are on, each with the way to take it away. */
export function ActiveFilters({ view }: { readonly view: GraphView }) {
  const filters = activeFilters(view)
  if (filters.length === 0) return null
  return (
    <ul className={styles.chips} aria-label="Active filters">
      {filters.map(({ text, without }) => (
        <li key={text}>
          <button
            type="button"
            className={styles.chip}
            aria-label={`Take away the filter: ${text}`}
            onClick={() => appStore.getState().setGraphView(without)}
          >
            {text}
            <X size={12} aria-hidden />
          </button>
        </li>
      ))}
    </ul>
  )
}
