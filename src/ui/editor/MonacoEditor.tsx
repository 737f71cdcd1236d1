import { useEffect, useRef } from 'react'
import { appStore, type AppState } from '../../store/appStore.ts'
import { isDump } from '../../store/fileKind.ts'
import { hoverStore } from '../../store/hoverStore.ts'
import { linkedTo, NOTHING_LINKED, type Linked } from '../../store/linked.ts'
import { followedTrace } from '../../store/packet.ts'
import { pinnedLinks } from '../../store/packetLinked.ts'
import type { Selection } from '../../store/selection.ts'
import { displayedAnalysis } from '../../store/timeline.ts'
import { useTheme } from '../useTheme.ts'
import { DUMP_LANGUAGE, nameUnder, registerDumpLanguage } from './dumpLanguage.ts'
import { dumpMarkers, MARKER_SEVERITY } from './dumpMarkers.ts'
import { editorName } from './editorName.ts'
import { monaco } from './monacoSetup.ts'
import { originAt, rangesIn } from './sourceAt.ts'
import styles from './MonacoEditor.module.css'

registerDumpLanguage()

function monacoRange(model: monaco.editor.ITextModel, start: number, end: number): monaco.Range {
  return monaco.Range.fromPositions(model.getPositionAt(start), model.getPositionAt(Math.max(start, end)))
}

/**
 * Blocks that can be folded at most, the outer ones first: Monaco marks all of them anew at each pause in typing, and
 * its own 5,000 take a frame and more.
 */
const FOLDED_BLOCKS = 1500

/** Characters; in what is longer brackets have no colours of their own, for which Monaco reads all of it in one task. */
const LONG_TEXT = 200_000
const PLAIN_BRACKETS: monaco.editor.ITextModelUpdateOptions = {
  bracketColorizationOptions: { enabled: false, independentColorPoolPerBracketType: false },
}

/**
 * Keeps one model a file that was opened: the text and its undo history live there. Of files of many megabytes each
 * takes long to make.
 */
function startModels(editor: monaco.editor.IStandaloneCodeEditor): {
  /** Whether there is a model that was not there before. */
  readonly update: (state: AppState) => boolean
  readonly modelOf: (file: string) => monaco.editor.ITextModel | undefined
  /** Whether the file's model holds this text as it is, so that offsets into it hold. */
  readonly holds: (file: string, text: string | undefined) => boolean
  readonly dispose: () => void
} {
  const models = new Map<string, monaco.editor.ITextModel>()
  /** The store's texts as they were put in, or came out: a model makes all line ends alike, so that its own may differ. */
  const texts = new Map<string, { readonly text: string; readonly exact: boolean }>()
  const views = new Map<string, monaco.editor.ICodeEditorViewState | null>()
  let shown: string | undefined
  let label = editorName(undefined)
  /** True while the store's text goes into a model, which must not come back as typing. */
  let writing = false

  const update = ({ scenario, activeFile }: AppState): boolean => {
    const isNew = !models.has(activeFile)
    writing = true
    for (const file of scenario.files) {
      const { name, text } = file
      const known = models.get(name)
      if (known === undefined && name !== activeFile) continue
      const language = isDump(file) ? DUMP_LANGUAGE : 'yaml'
      if (known === undefined) {
        const model = monaco.editor.createModel(text, language)
        model.updateOptions({ tabSize: 2, insertSpaces: true })
        if (text.length > LONG_TEXT) model.updateOptions(PLAIN_BRACKETS)
        model.onDidChangeContent(() => {
          if (model.getValueLength() > LONG_TEXT) model.updateOptions(PLAIN_BRACKETS)
          if (writing) return
          const typed = model.getValue()
          texts.set(name, { text: typed, exact: true })
          appStore.getState().setText(name, typed)
        })
        models.set(name, model)
        texts.set(name, { text, exact: model.getValue() === text })
      } else {
        if (known.getLanguageId() !== language) monaco.editor.setModelLanguage(known, language)
        if (texts.get(name)?.text === text) continue
        if (known.getValue() !== text)
          known.pushEditOperations([], [{ range: known.getFullModelRange(), text }], () => null)
        texts.set(name, { text, exact: known.getValue() === text })
      }
    }
    writing = false
    if (activeFile !== shown) {
      if (shown !== undefined) views.set(shown, editor.saveViewState())
      editor.setModel(models.get(activeFile) ?? null)
      const view = views.get(activeFile)
      if (view) editor.restoreViewState(view)
      shown = activeFile
    }
    const ariaLabel = editorName(scenario.files.find(file => file.name === activeFile))
    if (ariaLabel !== label) editor.updateOptions({ ariaLabel })
    label = ariaLabel
    const names = new Set(scenario.files.map(file => file.name))
    for (const [name, model] of models)
      if (!names.has(name)) {
        model.dispose()
        models.delete(name)
        texts.delete(name)
        views.delete(name)
      }
    return isNew
  }

  return {
    update,
    modelOf: file => models.get(file),
    holds: (file, text) => {
      const held = texts.get(file)
      return held?.exact === true && held.text === text
    },
    dispose: () => {
      for (const model of models.values()) model.dispose()
    },
  }
}

export function MonacoEditor() {
  const host = useRef<HTMLDivElement>(null)
  const theme = useTheme()

  useEffect(() => {
    monaco.editor.setTheme(`netpol-${theme}`)
  }, [theme])

  useEffect(() => {
    if (host.current === null) return
    const editor = monaco.editor.create(host.current, {
      model: null,
      ariaLabel: editorName(undefined),
      // A textarea takes the keys: the EditContext element is no input field to others, which then take its Space key,
      // and the browser scrolls it out of place.
      editContext: false,
      automaticLayout: true,
      fontFamily: getComputedStyle(document.documentElement).getPropertyValue('--font-mono'),
      fontSize: 12.5,
      lineHeight: 19,
      minimap: { enabled: false },
      scrollBeyondLastLine: false,
      padding: { top: 8, bottom: 24 },
      lineNumbersMinChars: 3,
      lineDecorationsWidth: 8,
      glyphMargin: false,
      folding: true,
      foldingMaximumRegions: FOLDED_BLOCKS,
      renderLineHighlight: 'line',
      overviewRulerBorder: false,
      scrollbar: { verticalScrollbarSize: 10, horizontalScrollbarSize: 10, useShadows: false },
      stickyScroll: { enabled: false },
      quickSuggestions: false,
      placeholder: 'Paste or drop Kubernetes YAML: NetworkPolicies, and if you like pods and namespaces.',
      fixedOverflowWidgets: true,
      dropIntoEditor: { enabled: false },
    })
    const models = startModels(editor)
    const pinned = editor.createDecorationsCollection()
    const hovered = editor.createDecorationsCollection()
    let revealed = 0

    const drawMarkers = ({ result, scenario, revision }: AppState): void => {
      // Offsets are about the text that was analysed; Monaco moves the old markers along with the edit.
      if (result === undefined || result.revision !== revision) return
      for (const { name } of scenario.files) {
        const model = models.modelOf(name)
        if (model === undefined) continue
        const markers = result.analysis.diagnostics
          .filter(diagnostic => diagnostic.file === name)
          .map(({ code, severity, message, range }) => ({
            ...monacoRange(model, range.start, Math.max(range.end, range.start + 1)),
            severity: MARKER_SEVERITY[severity],
            message,
            code,
            source: 'netpol-flow',
          }))
        monaco.editor.setModelMarkers(model, 'netpol-flow', markers)
      }
    }

    const drawDumpMarkers = (state: AppState): void => {
      for (const file of state.scenario.files) {
        const model = models.modelOf(file.name)
        if (model === undefined) continue
        monaco.editor.setModelMarkers(model, 'netpol-flow node', dumpMarkers(state, file.name, model))
      }
    }

    const drawLinks = (
      decorations: monaco.editor.IEditorDecorationsCollection,
      { origins }: Linked,
      className: string,
    ): void => {
      const { picture, activeFile, scenario } = appStore.getState()
      const model = models.modelOf(activeFile)
      const drawnText = picture?.scenario.files.find(file => file.name === activeFile)?.text
      const text = scenario.files.find(file => file.name === activeFile)?.text
      if (model === undefined || picture === undefined || origins.length === 0) return decorations.clear()
      // While the text is ahead of the picture its offsets lie; the old decorations move with the edit.
      if (drawnText !== text) return
      decorations.set(
        rangesIn(picture.analysis, activeFile, origins).map(range => ({
          range: monacoRange(model, range.start, range.end),
          options: { isWholeLine: true, className, linesDecorationsClassName: `${className}-margin` },
        })),
      )
    }

    const reveal = ({ reveal: wanted, activeFile }: AppState): void => {
      const model = models.modelOf(activeFile)
      if (wanted === undefined || wanted.request === revealed || wanted.file !== activeFile) return
      revealed = wanted.request
      if (model === undefined) return
      const range = monacoRange(model, wanted.start, wanted.end)
      editor.setPosition(range.getStartPosition())
      editor.revealRangeInCenterIfOutsideViewport(range)
      if (!wanted.quiet) editor.focus()
    }

    const draw = (state: AppState, before?: AppState): void => {
      const isOther = state.scenario !== before?.scenario || state.activeFile !== before?.activeFile
      const isNew = isOther && models.update(state)
      if (isNew || state.result !== before?.result) drawMarkers(state)
      if (
        isNew ||
        state.nodeAnswer !== before?.nodeAnswer ||
        state.scenario.files.length !== before?.scenario.files.length
      )
        drawDumpMarkers(state)
      if (
        state.picture !== before?.picture ||
        displayedAnalysis(state) !== displayedAnalysis(before) ||
        state.selection !== before?.selection ||
        state.activeFile !== before?.activeFile ||
        state.explained !== before?.explained ||
        followedTrace(state) !== (before && followedTrace(before))
      )
        drawLinks(pinned, pinnedLinks(state), 'linked-line')
      if (state.reveal !== before?.reveal) reveal(state)
    }

    const originUnder = (position: monaco.IPosition | null): Selection | undefined => {
      const model = editor.getModel()
      const { picture, activeFile } = appStore.getState()
      if (model === null || position === null || picture === undefined) return undefined
      if (model.getLanguageId() === DUMP_LANGUAGE) return undefined
      const text = picture.scenario.files.find(file => file.name === activeFile)?.text
      if (!models.holds(activeFile, text)) return undefined
      const column = Math.max(position.column, model.getLineFirstNonWhitespaceColumn(position.lineNumber))
      const offset = model.getOffsetAt({ lineNumber: position.lineNumber, column })
      const origin = originAt(picture.analysis, activeFile, offset)
      return origin === undefined ? undefined : { kind: 'origin', ...origin }
    }

    draw(appStore.getState())
    const unsubscribe = appStore.subscribe(draw)
    const unhover = hoverStore.subscribe(({ hovered: target }) => {
      const { explained, ...state } = appStore.getState()
      const analysis = displayedAnalysis(state)
      const links = analysis && linkedTo(analysis, target, explained?.explanation)
      drawLinks(hovered, links ?? NOTHING_LINKED, 'hovered-line')
    })
    editor.onMouseMove(event => hoverStore.getState().hover(originUnder(event.target.position)))
    editor.onMouseLeave(() => hoverStore.getState().hover(undefined))
    editor.onMouseDown(event => {
      if (event.event.leftButton && event.event.detail === 1) {
        const target =
          originUnder(event.target.position) ?? nameUnder(editor.getModel(), event.target.position)
        if (target !== undefined) appStore.getState().select(target)
      }
    })
    editor.addCommand(
      monaco.KeyCode.Escape,
      () => appStore.getState().select(undefined),
      '!findWidgetVisible && !suggestWidgetVisible && !markersNavigationVisible && !editorHasSelection && !editorHasMultipleSelections',
    )
    return () => {
      unsubscribe()
      unhover()
      editor.dispose()
      models.dispose()
    }
  }, [])

  // `nokey`: React Flow keeps its hands off keys pressed in here.
  return <div ref={host} className={`${styles.host} nokey`} />
}
