import type { Analysis } from '../../model/protocol.ts'
import { appStore } from '../../store/appStore.ts'
import { useAppStore } from '../useApp.ts'

/** Whether long lines break. */
export function WrapLines() {
  const wraps = useAppStore(state => state.view.wrapLines)
  return (
    <label title="Break long lines, as a terminal does">
      <input
        type="checkbox"
        checked={wraps}
        onChange={event => appStore.getState().setView({ wrapLines: event.target.checked })}
      />
      wrap
    </label>
  )
}

/** Whether the texts hold pods that no real node has. Offered only where there are some. */
export function AssumedPods({ analysis }: { readonly analysis: Analysis }) {
  const shown = useAppStore(state => state.view.assumedPods)
  if (analysis.podCount.assumed === 0) return null
  return (
    <label title="Pods made up for selectors that match none of yours. A real node does not hold them.">
      <input
        type="checkbox"
        checked={shown}
        onChange={event => appStore.getState().setView({ assumedPods: event.target.checked })}
      />
      assumed pods
    </label>
  )
}
