import type { SharedScenario } from '../model/scenario.ts'
import { encodeScenario } from '../permalink/codec.ts'

// Packing a long text takes longer than a frame, and the analysis worker may be busy for much longer.
self.addEventListener('message', (event: MessageEvent<SharedScenario>) => {
  self.postMessage(encodeScenario(event.data))
})
