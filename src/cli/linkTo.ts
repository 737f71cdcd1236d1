import type { Scenario } from '../model/scenario.ts'
import { encodeScenario } from '../permalink/codec.ts'
import { withoutCommonFolder } from './inputFiles.ts'

/** Where `npm start` serves the app. */
export const LOCAL_APP = 'http://127.0.0.1:4173/'

/** The address at which the app opens the scenario; undefined when it is too much for a link. */
export function linkTo(scenario: Scenario, base: string): string | undefined {
  const fragment = encodeScenario({ ...scenario, files: withoutCommonFolder(scenario.files) })
  return fragment === '' ? undefined : `${base.replace(/#.*$/, '')}#${fragment}`
}
