import { pageAnalysis } from '../analysis/pageAnalysis.ts'
import type { Analysis, WholeAnalysis } from '../model/protocol.ts'
import type { Scenario } from '../model/scenario.ts'

/** An analysis of nothing, for stores and panes that only carry it; `change` says what is in it after all. */
export function analysisFixture(change: Partial<WholeAnalysis> = {}): Analysis {
  return pageAnalysis({
    usable: true,
    diagnostics: [],
    namespaces: [],
    pods: [],
    policies: [],
    unused: [],
    sources: {},
    ruleset: { tables: [], sets: [] },
    failures: [],
    deviations: [],
    expectations: [],
    endpoints: [],
    flowCounts: { all: 0, restricted: 0, differing: 0 },
    ...change,
  })
}

export function scenarioFixture(text: string, change: Partial<Scenario> = {}): Scenario {
  return { name: 'test', profile: 'head', files: [{ name: 'a.yaml', text }], ...change }
}
