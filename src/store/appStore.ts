import { createStore, type StoreApi } from 'zustand/vanilla'
import { DEFAULT_GRAPH_VIEW } from '../graph/graphModel.ts'
import type { FlowExplanation } from '../model/connectivity.ts'
import type { Analysis } from '../model/protocol.ts'
import { DEFAULT_PROFILE, type ProfileId, type Scenario, type ScenarioFile } from '../model/scenario.ts'
import type { TextEdit } from '../model/suggestion.ts'
import { droppedFiles } from './droppedFiles.ts'
import { expectationState, type ExpectationState } from './expectations.ts'
import { freeName } from './files.ts'
import { graphPictureState, type GraphPictureState } from './graphPicture.ts'
import { nodeState, type NodeState } from './node.ts'
import { EMPTY_PACKET, packetState, type PacketState } from './packet.ts'
import { sameSelection, type Selection } from './selection.ts'
import { withEdits } from './textEdits.ts'
import { timelineState, type TimelineState } from './timeline.ts'
import { DEFAULT_VIEW, type ViewSettings } from './viewSettings.ts'
import { workState, type WorkState } from './work.ts'

/** An analysis with the revision of the inputs that it belongs to. */
export interface AnalysisResult {
  readonly revision: number
  readonly scenario: Scenario
  readonly analysis: Analysis
  /** Spent in the worker. */
  readonly milliseconds: number
}

export interface Explained {
  readonly revision: number
  readonly src: string
  readonly dst: string
  /** Absent when one end does not exist. */
  readonly explanation: FlowExplanation | undefined
}

/** Where the scenario came from. Only `own` work is saved in the browser. */
export type Provenance = 'example' | 'own' | 'link'

/** What undo goes back to. */
export interface Step {
  readonly scenario: Scenario
  readonly provenance: Provenance
  readonly node: number
}

/** Something to say once; `action` offers a way on. */
export interface Notice {
  readonly id: number
  readonly tone: 'info' | 'success' | 'problem'
  readonly text: string
  readonly action?: 'undo' | 'retry' | 'report'
  /** For a report: message and stack. */
  readonly details?: string
}

/** A place in the text to show; `request` grows so that asking twice works. */
export interface Reveal {
  readonly file: string
  readonly start: number
  readonly end: number
  readonly request: number
  /** Whether the focus stays where it is. */
  readonly quiet: boolean
}

export interface AppState
  extends TimelineState, GraphPictureState, PacketState, ExpectationState, NodeState, WorkState {
  readonly scenario: Scenario
  /** Grows with every change of the scenario. */
  readonly revision: number
  /** Whether the newest change was one of many keystrokes, which may wait for the next one. */
  readonly typing: boolean
  /** Another number is another node: a scenario that is not the one before, edited. */
  readonly node: number
  readonly provenance: Provenance
  readonly activeFile: string
  readonly selection: Selection | undefined
  readonly view: ViewSettings
  /** The newest answer, whose diagnostics count. */
  readonly result: AnalysisResult | undefined
  /** What the panes draw: the newest answer without new errors; before the first, the newest. */
  readonly picture: AnalysisResult | undefined
  /** About the selected flow, once the worker has answered. */
  readonly explained: Explained | undefined
  readonly notice: Notice | undefined
  /** Why the link in the address bar could not be opened. */
  readonly linkProblem: string | undefined
  /** The user's own work that a link or an example replaced. */
  readonly ownWork: Scenario | undefined
  readonly reveal: Reveal | undefined
  readonly past: readonly Step[]
  readonly future: readonly Step[]

  readonly setText: (file: string, text: string) => void
  readonly rename: (name: string) => void
  readonly setProfile: (profile: ProfileId) => void
  readonly addFile: () => void
  readonly renameFile: (from: string, to: string) => void
  readonly removeFile: (name: string) => void
  readonly dropFiles: (files: readonly ScenarioFile[]) => void
  /** Edits that hold for the present texts, as one step; `said` tells what was done and offers undo. */
  readonly applyEdits: (edits: readonly TextEdit[], said: string) => void
  readonly load: (scenario: Scenario, provenance: Provenance) => void
  readonly undo: () => void
  readonly redo: () => void
  readonly openFile: (name: string) => void
  readonly select: (selection: Selection | undefined) => void
  readonly setView: (change: Partial<ViewSettings>) => void
  readonly receive: (result: AnalysisResult) => void
  readonly receiveExplanation: (explained: Explained) => void
  readonly tell: (notice: Omit<Notice, 'id'>) => void
  readonly dismissNotice: () => void
  readonly setLinkProblem: (message: string | undefined) => void
  readonly setOwnWork: (scenario: Scenario | undefined) => void
  /** `quiet` leaves focus and pane as they are. */
  readonly revealRange: (file: string, start: number, end: number, quiet?: boolean) => void
}

export const EMPTY_SCENARIO: Scenario = {
  name: 'Untitled',
  files: [{ name: 'policies.yaml', text: '' }],
  profile: DEFAULT_PROFILE,
}

/**
 * Whether a result may take the place of the picture. A broken text may not, nor may one in which the user's typing has
 * made an object invalid that was not: without it the picture would say that nothing is restricted. Where nothing good
 * was ever seen, the empty picture of a broken text is the one there is.
 */
function drawable(result: AnalysisResult, picture: AnalysisResult | undefined, typing: boolean): boolean {
  if (picture?.analysis.usable !== true) return true
  if (!result.analysis.usable) return false
  if (!typing) return true
  const before = refusedIn(picture)
  return [...refusedIn(result)].every(object => before.has(object))
}

/** The objects with errors, by file and name. */
function refusedIn({ analysis }: AnalysisResult): ReadonlySet<string> {
  return new Set(
    analysis.diagnostics
      .filter(({ severity }) => severity === 'error')
      .map(({ file, resource = '' }) => `${file} ${resource}`),
  )
}

/** Steps that undo can take back; a step is a whole scenario, so a few are enough. */
const UNDO_STEPS = 20

export function createAppStore(): StoreApi<AppState> {
  return createStore<AppState>()((set, get) => {
    /** A step that undo takes back: everything but typing, which the editor's own undo handles. */
    const step = (scenario: Scenario, change: Partial<AppState> = {}): void => {
      const state = get()
      const files = scenario.files.length === 0 ? EMPTY_SCENARIO.files : scenario.files
      set({
        scenario: { ...scenario, files },
        revision: state.revision + 1,
        typing: false,
        provenance: state.provenance === 'example' ? 'own' : state.provenance,
        activeFile: keepActive(files, state.activeFile),
        past: [...state.past, here()].slice(-UNDO_STEPS),
        future: [],
        linkProblem: undefined,
        ...change,
      })
    }
    const here = (): Step => {
      const { scenario, provenance, node } = get()
      return { scenario, provenance, node }
    }
    const goTo = ({ scenario, provenance, node }: Step): void => {
      set({
        scenario,
        provenance,
        node,
        revision: get().revision + 1,
        typing: false,
        activeFile: keepActive(scenario.files, get().activeFile),
        notice: undefined,
      })
    }
    const say = (notice: Omit<Notice, 'id'>): void => {
      set({ notice: { ...notice, id: (get().notice?.id ?? 0) + 1 } })
    }

    /** Never one that undo may come back to. */
    const nextNode = (): number => {
      const { past, future, node } = get()
      return Math.max(node, ...[...past, ...future].map(other => other.node)) + 1
    }

    return {
      ...timelineState(set, get),
      ...graphPictureState(set, get),
      ...packetState(set, get),
      ...expectationState(set),
      ...nodeState(set),
      ...workState(set),
      scenario: EMPTY_SCENARIO,
      revision: 0,
      typing: false,
      node: 0,
      provenance: 'example',
      activeFile: 'policies.yaml',
      selection: undefined,
      view: DEFAULT_VIEW,
      result: undefined,
      picture: undefined,
      explained: undefined,
      notice: undefined,
      linkProblem: undefined,
      ownWork: undefined,
      reveal: undefined,
      past: [],
      future: [],

      setText: (file, text) => {
        const { scenario, revision, provenance } = get()
        if (!scenario.files.some(f => f.name === file && f.text !== text)) return
        set({
          scenario: {
            ...scenario,
            files: scenario.files.map(f => (f.name === file ? { name: file, text } : f)),
          },
          revision: revision + 1,
          typing: true,
          provenance: provenance === 'example' ? 'own' : provenance,
        })
      },
      rename: name => {
        const { scenario } = get()
        if (name !== '' && name !== scenario.name) step({ ...scenario, name })
      },
      setProfile: profile => {
        const { scenario } = get()
        if (profile !== scenario.profile) step({ ...scenario, profile })
      },
      addFile: () => {
        const { scenario } = get()
        const name = freeName(scenario.files, 'untitled.yaml')
        step({ ...scenario, files: [...scenario.files, { name, text: '' }] }, { activeFile: name })
      },
      renameFile: (from, to) => {
        const { scenario, activeFile } = get()
        const wanted = to.trim()
        if (wanted === '' || wanted === from || !scenario.files.some(f => f.name === from)) return
        const others = scenario.files.filter(f => f.name !== from)
        const name = freeName(others, wanted)
        step(
          { ...scenario, files: scenario.files.map(f => (f.name === from ? { name, text: f.text } : f)) },
          { activeFile: activeFile === from ? name : activeFile },
        )
      },
      removeFile: name => {
        const { scenario } = get()
        if (!scenario.files.some(f => f.name === name)) return
        step({ ...scenario, files: scenario.files.filter(f => f.name !== name) })
        say({ tone: 'info', text: `Closed ${name}`, action: 'undo' })
      },
      dropFiles: files => {
        const { scenario, provenance, view } = get()
        const dropped = droppedFiles(scenario.files, files, provenance === 'example')
        if (dropped === undefined) return
        const { active, replaces } = dropped
        step(
          {
            ...scenario,
            files: dropped.files,
            name: replaces ? active.replace(/\.[^.]*$/, '') : scenario.name,
          },
          {
            activeFile: active,
            ...(dropped.dumps && { view: { ...view, inspectorTab: 'node' } }),
            ...(replaces && { node: nextNode() }),
            selection: undefined,
          },
        )
        say({ tone: 'success', text: dropped.said, action: 'undo' })
      },
      applyEdits: (edits, said) => {
        const { scenario } = get()
        if (edits.length === 0) return
        step({ ...scenario, files: withEdits(scenario.files, edits) })
        say({ tone: 'success', text: said, action: 'undo' })
      },
      load: (scenario, provenance) => {
        const state = get()
        step(scenario, {
          provenance,
          node: nextNode(),
          activeFile: scenario.files[0]?.name ?? 'policies.yaml',
          selection: undefined,
          graphView: DEFAULT_GRAPH_VIEW,
          moved: new Map(),
          packet: EMPTY_PACKET,
          ...(provenance === 'own'
            ? { ownWork: undefined }
            : state.provenance === 'own' && { ownWork: state.scenario }),
        })
      },
      undo: () => {
        const { past, future } = get()
        const before = past.at(-1)
        if (before === undefined) return
        const now = here()
        goTo(before)
        set({ past: past.slice(0, -1), future: [...future, now] })
      },
      redo: () => {
        const { past, future } = get()
        const after = future.at(-1)
        if (after === undefined) return
        const now = here()
        goTo(after)
        set({ past: [...past, now], future: future.slice(0, -1) })
      },
      openFile: name => {
        if (get().scenario.files.some(f => f.name === name)) set({ activeFile: name })
      },
      select: selection => {
        const { selection: before, view } = get()
        if (view.inspectorTab === 'packet' && get().putIntoPacket(selection)) return
        if (sameSelection(before, selection)) return
        const explains = selection?.kind === 'flow' || selection?.kind === 'endpoint'
        set({
          selection,
          explained: undefined,
          view: explains ? { ...view, inspectorTab: 'explain' } : view,
        })
      },
      setView: change => set({ view: { ...get().view, ...change } }),
      receive: result => {
        // The same revision again comes of another try, after the worker stopped: what it left open is asked anew.
        if (result.revision < (get().result?.revision ?? -1)) return
        const { picture, typing } = get()
        set(drawable(result, picture, typing) ? { result, picture: result } : { result })
      },
      receiveExplanation: explained => {
        const { selection } = get()
        const wanted = selection?.kind === 'flow' ? selection : undefined
        if (wanted?.src === explained.src && wanted.dst === explained.dst) set({ explained })
      },
      tell: say,
      dismissNotice: () => set({ notice: undefined }),
      setLinkProblem: message => set({ linkProblem: message }),
      setOwnWork: scenario => set({ ownWork: scenario }),
      revealRange: (file, start, end, quiet = false) => {
        const { scenario, reveal, view } = get()
        if (!scenario.files.some(f => f.name === file)) return
        set({
          activeFile: file,
          reveal: { file, start, end, request: (reveal?.request ?? 0) + 1, quiet },
          ...(!quiet && { view: { ...view, pane: 'policies' } }),
        })
      },
    }
  })
}

function keepActive(files: readonly ScenarioFile[], wanted: string): string {
  return files.some(f => f.name === wanted) ? wanted : (files[0]?.name ?? wanted)
}

/** The page's one store. */
export const appStore: StoreApi<AppState> = createAppStore()
