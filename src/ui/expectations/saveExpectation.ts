import type { NewExpectation } from '../../model/expectation.ts'
import { usualPort } from '../../model/traffic.ts'
import type { AnalysisClient } from '../../store/analysisClient.ts'
import { appStore } from '../../store/appStore.ts'
import { expectationTitle } from '../../store/expectations.ts'

/** Writes the expectation into the scenario, as one step. `port`: it cannot be about that one. */
export async function saveExpectation(
  client: Pick<AnalysisClient, 'ask'>,
  draft: NewExpectation,
): Promise<'saved' | 'port' | 'again'> {
  const { files } = appStore.getState().scenario
  const expectation = {
    name: expectationTitle({ ...draft, name: draft.name.trim() }),
    from: draft.from.trim(),
    to: draft.to.trim(),
    traffic: usualPort(draft.traffic.trim()),
    verdict: draft.verdict,
  }
  const answer = await client.ask('expect', { files, expectation })
  const { scenario, applyEdits, tell } = appStore.getState()
  if (answer === undefined || scenario.files !== files) {
    tell({ tone: 'problem', text: 'The text changed meanwhile: please add the expectation again.' })
    return 'again'
  }
  if (answer.edit === undefined) return 'port'
  applyEdits([answer.edit], `Added to ${answer.edit.file}`)
  return 'saved'
}
