import { useEffect, useState } from 'react'
import type { Suggestion, SuggestionQuestion } from '../../model/suggestion.ts'
import { useAnalysisClient } from '../session.ts'
import { useAppStore } from '../useApp.ts'

/** The suggestions with the revision of the texts that their edits hold for. */
export interface Suggested {
  readonly revision: number
  readonly question: SuggestionQuestion
  readonly suggestions: readonly Suggestion[]
  readonly reason: string
}

/** Asks while there is a question, and anew for every picture; `undefined` until the newest is answered. */
export function useSuggestions(question: SuggestionQuestion | undefined): Suggested | undefined {
  const client = useAnalysisClient()
  const revision = useAppStore(state => state.picture?.revision)
  const [suggested, setSuggested] = useState<Suggested | undefined>()
  const key = question === undefined ? '' : JSON.stringify(question)
  useEffect(() => {
    if (key === '' || revision === undefined) return
    let current = true
    const asked = JSON.parse(key) as SuggestionQuestion
    void client.ask('suggest', { question: asked }).then(answer => {
      if (current && answer !== undefined) setSuggested({ ...answer, question: asked })
    })
    return () => {
      current = false
    }
  }, [client, key, revision])
  if (suggested === undefined || suggested.revision !== revision) return undefined
  return JSON.stringify(suggested.question) === key ? suggested : undefined
}
