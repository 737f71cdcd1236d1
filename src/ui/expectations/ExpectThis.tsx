import { Pin } from 'lucide-react'
import { expectThisFlow } from './expectThisFlow.ts'
import { shortcutOf } from '../actions.ts'
import { useAppStore } from '../useApp.ts'
import button from '../widgets/Button.module.css'

/** Makes an expectation of the selected flow and its present verdict. Only there while a flow is selected. */
export function ExpectThis() {
  const isFlow = useAppStore(state => state.selection?.kind === 'flow')
  if (!isFlow) return null
  return (
    <button
      type="button"
      className={button.small}
      title={`Expect the present verdict of the selected flow (${shortcutOf('expect-this') ?? ''})`}
      onClick={expectThisFlow}
    >
      <Pin size={13} aria-hidden />
      Expect this
    </button>
  )
}
