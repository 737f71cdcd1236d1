import { useMemo } from 'react'
import type { ExpectationResult } from '../../model/expectation.ts'
import { countExpectations, type ExpectationCounts } from '../../store/expectations.ts'
import { useAppStore } from '../useApp.ts'

const NONE: readonly ExpectationResult[] = []

/** Those of the picture; a past moment of the node is not checked. */
export function useExpectations(): readonly ExpectationResult[] {
  return useAppStore(state => state.picture?.analysis.expectations ?? NONE)
}

export function useExpectationCounts(): ExpectationCounts {
  const results = useExpectations()
  return useMemo(() => countExpectations(results), [results])
}
