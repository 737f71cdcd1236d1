import { createContext, useContext } from 'react'
import { required } from '../model/assert.ts'
import type { AnalysisClient } from '../store/analysisClient.ts'

const SessionContext = createContext<AnalysisClient | undefined>(undefined)

export const SessionProvider = SessionContext.Provider

/** The worker's client, for questions about the picture on screen. */
export function useAnalysisClient(): AnalysisClient {
  return required(useContext(SessionContext), 'the page is rendered inside SessionProvider')
}
