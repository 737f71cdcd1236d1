import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { required } from './model/assert.ts'
import { decodeScenario, encodeScenario } from './permalink/codec.ts'
import { createAnalysisWorker, startAnalysisClient } from './store/analysisClient.ts'
import { appStore } from './store/appStore.ts'
import { startAutosave } from './store/autosave.ts'
import { browserAddress } from './store/browserAddress.ts'
import { browserStorage } from './store/browserStorage.ts'
import { startExplaining } from './store/explaining.ts'
import { createLinkEncoder, createLinkWorker } from './store/linkEncoder.ts'
import { startPacketFollowing } from './store/packetFollowing.ts'
import { startGraphPicture } from './store/startGraphPicture.ts'
import { startNodeReport } from './store/startNodeReport.ts'
import { startTimeline } from './store/startTimeline.ts'
import { openFirst, startUrlSync } from './store/urlSync.ts'
import { startViewMemory } from './store/viewMemory.ts'
import { App } from './ui/App.tsx'
import { ErrorBoundary } from './ui/ErrorBoundary.tsx'
import { LANDING_EXAMPLE } from './ui/examples/examples.ts'
import { reloadOnMissingChunk } from './ui/reloadOnMissingChunk.ts'
import { SessionProvider } from './ui/session.ts'
import './ui/theme.css'

reloadOnMissingChunk(window)

const codec = {
  encode: encodeScenario,
  encodeApart: createLinkEncoder(createLinkWorker),
  decode: decodeScenario,
}
const address = browserAddress(window)
const storage = browserStorage(window)

startViewMemory(appStore, storage)
openFirst(appStore, address, codec, storage, LANDING_EXAMPLE.scenario)
const client = startAnalysisClient(appStore, createAnalysisWorker)
startExplaining(appStore, client)
startGraphPicture(appStore, client)
startPacketFollowing(appStore, client)
startNodeReport(appStore, client)
startTimeline(appStore, client)
const autosave = startAutosave(appStore, storage)
const urlSync = startUrlSync(appStore, address, codec)
window.addEventListener('pagehide', () => {
  autosave.flush()
  urlSync.flush()
})

createRoot(required(document.getElementById('root') ?? undefined, '#root')).render(
  <StrictMode>
    <ErrorBoundary>
      <SessionProvider value={client}>
        <App />
      </SessionProvider>
    </ErrorBoundary>
  </StrictMode>,
)
