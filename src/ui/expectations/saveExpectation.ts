import type { NewExpectation } from '../../model/expectation.ts'
import type { AnalysisClient } from '../../store/analysisClient.ts'
import { appStore } from '../../store/appStore.ts'
import { expectationTitle } from '../../store/expectations.ts'

/** Writes the expectation into the scenario, as one step. False when it could not be; the user is told. */
export async function saveExpectation(
  client: Pick<AnalysisClient, 'ask'>,
  draft: NewExpectation,
): Promise<boolean> {
  const { files } = appStore.getState().scenario
  const expectation = {
    name: expectationTitle({ ...draft, name: draft.name.trim() }),
    from: draft.from.trim(),
    to: draft.to.trim(),
    traffic: draft.traffic.trim(),
    verdict: draft.verdict,
  }
  const answer = await client.ask('expect', { files, expectation })
  const { scenario, applyEdits, tell } = appStore.getState()
  if (answer === undefined || scenario.files !== files) {
    tell({ tone: 'problem', text: 'The text changed meanwhile: please add the expectation again.' })
    return false
  }
  applyEdits([answer.edit], `Added to ${answer.edit.file}`)
  return true
}
