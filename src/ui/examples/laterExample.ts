import type { PacketQuestion } from '../../model/packetTrace.ts'
import type { Scenario } from '../../model/scenario.ts'
import type { InspectorTab } from '../../store/viewSettings.ts'

/** An example whose texts come when it is opened. */
export interface LaterExample {
  readonly scenario: Scenario
  /** The tab that shows what it is about. */
  readonly tab: InspectorTab
  /** A packet to follow. */
  readonly packet?: Partial<PacketQuestion>
}
