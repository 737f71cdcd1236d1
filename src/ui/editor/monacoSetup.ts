import * as monaco from 'monaco-editor/editor'
import EditorWorker from 'monaco-editor/editor/editor.worker?worker'
import 'monaco-editor/features/bracketMatching/register'
import 'monaco-editor/features/caretOperations/register'
import 'monaco-editor/features/clipboard/register'
import 'monaco-editor/features/comment/register'
import 'monaco-editor/features/contextmenu/register'
import 'monaco-editor/features/cursorUndo/register'
import 'monaco-editor/features/dnd/register'
import 'monaco-editor/features/find/register'
import 'monaco-editor/features/folding/register'
import 'monaco-editor/features/gotoError/register'
import 'monaco-editor/features/gotoLine/register'
import 'monaco-editor/features/hover/register'
import 'monaco-editor/features/indentation/register'
import 'monaco-editor/features/lineSelection/register'
import 'monaco-editor/features/linesOperations/register'
import 'monaco-editor/features/multicursor/register'
import 'monaco-editor/features/placeholderText/register'
import 'monaco-editor/features/quickCommand/register'
import 'monaco-editor/features/smartSelect/register'
import 'monaco-editor/features/toggleTabFocusMode/register'
import 'monaco-editor/features/tokenization/register'
import 'monaco-editor/features/unicodeHighlighter/register'
import 'monaco-editor/features/unusualLineTerminators/register'
import 'monaco-editor/features/wordHighlighter/register'
import 'monaco-editor/features/wordOperations/register'
import 'monaco-editor/languages/definitions/yaml/register'

self.MonacoEnvironment = { getWorker: () => new EditorWorker({ name: 'editor' }) }

/** Of the tokens that only dumps of a node have. */
function dumpColours(
  option: string,
  chain: string,
  set: string,
): { readonly token: string; readonly foreground: string }[] {
  return Object.entries({ option, chain, set }).map(([token, foreground]) => ({ token, foreground }))
}

/** Line numbers are dimmed no further than contrast allows; the rest is Monaco's own. */
function defineTheme(
  name: string,
  base: 'vs' | 'vs-dark' | 'hc-black',
  colors: Record<string, string>,
  rules: { token: string; foreground: string }[] = [],
): void {
  monaco.editor.defineTheme(name, { base, inherit: true, rules, colors })
}

defineTheme(
  'netpol-light',
  'vs',
  {
    'editor.background': '#ffffff',
    'editor.foreground': '#182030',
    'editorLineNumber.foreground': '#626c7e',
    'editorLineNumber.dimmedForeground': '#626c7e',
    'editorLineNumber.activeForeground': '#182030',
    'editor.lineHighlightBackground': '#f3f5f9',
    'editor.lineHighlightBorder': '#00000000',
    'editorIndentGuide.background1': '#e6e9ef',
    'editorGutter.background': '#ffffff',
    'editor.selectionBackground': '#cfdcff',
    'scrollbarSlider.background': '#18203022',
    'scrollbarSlider.hoverBackground': '#18203040',
    'scrollbarSlider.activeBackground': '#18203055',
    'scrollbar.shadow': '#00000000',
  },
  // The inherited ones are too light for small text on a marked line.
  [
    { token: 'type', foreground: '00686b' },
    { token: 'number', foreground: '0a6e48' },
    ...dumpColours('5a6475', '2953d9', '7a2bc2'),
  ],
)
defineTheme(
  'netpol-dark',
  'vs-dark',
  {
    'editor.background': '#141922',
    'editor.foreground': '#e4e9f2',
    'editorLineNumber.foreground': '#8f9aad',
    'editorLineNumber.dimmedForeground': '#8f9aad',
    'editorLineNumber.activeForeground': '#e4e9f2',
    'editor.lineHighlightBackground': '#1b222e',
    'editor.lineHighlightBorder': '#00000000',
    'editorIndentGuide.background1': '#28303d',
    'editorGutter.background': '#141922',
    'editor.selectionBackground': '#2c4378',
    'scrollbarSlider.background': '#e4e9f222',
    'scrollbarSlider.hoverBackground': '#e4e9f23a',
    'scrollbarSlider.activeBackground': '#e4e9f250',
    'scrollbar.shadow': '#00000000',
  },
  // The inherited green is too dark for small text on this background.
  [{ token: 'comment', foreground: '86b86b' }, ...dumpColours('aab4c5', '84a8ff', 'caa0ff')],
)
defineTheme(
  'netpol-contrast',
  'hc-black',
  { 'editorLineNumber.dimmedForeground': '#ffffff' },
  dumpColours('e0e0e0', '6cc7ff', 'e0b3ff'),
)

export { monaco }
