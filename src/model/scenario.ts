/** The versions of azure-npm whose translation is modelled. */
export type ProfileId = 'v1.4.45' | 'v1.8.11' | 'head'

export const PROFILE_IDS: readonly ProfileId[] = ['v1.4.45', 'v1.8.11', 'head']

export const DEFAULT_PROFILE: ProfileId = 'head'

export interface ScenarioFile {
  /** Unique in the scenario: `policies.yaml`. */
  readonly name: string
  readonly text: string
}

/** All that the user made: what a link, the store and a download hold. */
export interface Scenario {
  readonly name: string
  readonly files: readonly ScenarioFile[]
  readonly profile: ProfileId
}

/**
 * How the sender of a link looked at the scenario: JSON, by area of the page. It may come from any version or from
 * anybody, so every area reads its part as far as it can and passes over the rest.
 */
export type SharedView = Readonly<Record<string, unknown>>

export interface SharedScenario extends Scenario {
  readonly view?: SharedView
}
