import { appStore } from '../../store/appStore.ts'
import { EMPTY_DRAFT, expectThis } from '../../store/expectations.ts'

/** Opens the form for a new expectation, filled from the selected flow where there is one. */
export function expectThisFlow(): void {
  const { selection, picture, explained, draftExpectation, setView } = appStore.getState()
  const endpoint = (id: string) => picture?.analysis.endpoints.find(one => one.id === id)
  const src = selection?.kind === 'flow' ? endpoint(selection.src) : undefined
  const dst = selection?.kind === 'flow' ? endpoint(selection.dst) : undefined
  draftExpectation(
    src === undefined || dst === undefined ? EMPTY_DRAFT : expectThis(src, dst, explained?.explanation),
  )
  setView({ inspectorTab: 'expectations', pane: 'inspector' })
}
