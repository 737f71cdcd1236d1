import { appStore } from '../../store/appStore.ts'
import { displayedAnalysis } from '../../store/timeline.ts'
import { kernelNames } from '../../store/kernelNames.ts'
import { nodeReportOf } from '../../store/node.ts'
import { dumpNames } from '../../store/nodeNames.ts'
import type { Selection } from '../../store/selection.ts'
import { monaco } from './monacoSetup.ts'

export const DUMP_LANGUAGE = 'netfilter-dump'

/** Options stand back, what decides stands out: chains, sets, targets, addresses. */
const TOKENS: monaco.languages.IMonarchLanguage = {
  tokenizer: {
    root: [
      [/^\s*#.*$/, 'comment'],
      [/^\*\w+|^COMMIT\b/, 'keyword'],
      [
        /^Chain\b|^(?:Name|Type|Revision|Header|Size in memory|References|Number of entries|Members):/,
        'keyword',
      ],
      [/^\s*(?:num +)?pkts +bytes +target .*$/, 'comment'],
      [/"[^"]*"?/, 'string'],
      [/\/\*.*?\*\//, 'string'],
      [/\bazure-npm-\w+/, 'set'],
      [/\b(?:ACCEPT|DROP|REJECT|RETURN|MARK|LOG|NFLOG|DNAT|SNAT|MASQUERADE)\b/, 'keyword'],
      [/\b(?:AZURE-NPM|KUBE|CNI|CILIUM|cali|cilium)[-\w:]*/, 'chain'],
      [/\b\d{1,3}(?:\.\d{1,3}){3}(?:\/\d+)?/, 'number'],
      [/\b0x[0-9a-f]+(?:\/0x[0-9a-f]+)?/i, 'number'],
      [/(?:^|\s)--?[\w-]+/, 'option'],
      [/^(?:create|add)\b/, 'keyword'],
      [/\bnomatch\b/, 'keyword'],
    ],
  },
}

/** The set or chain under the pointer, where the policies' own rules have it too. */
export function nameUnder(
  model: monaco.editor.ITextModel | null,
  position: monaco.IPosition | null,
): Selection | undefined {
  if (position === null || model?.getLanguageId() !== DUMP_LANGUAGE) return undefined
  const word = model.getWordAtPosition(position)?.word
  const ruleset = displayedAnalysis(appStore.getState())?.ruleset
  const name = word === undefined || ruleset === undefined ? undefined : kernelNames(ruleset).get(word)
  return name && { kind: name.kind, name: name.name }
}

let registered = false

/** Teaches the editor the tools' texts, with the meaning of each name where the pointer rests. Once for the page. */
export function registerDumpLanguage(): void {
  if (registered) return
  registered = true
  monaco.languages.register({ id: DUMP_LANGUAGE })
  monaco.languages.setMonarchTokensProvider(DUMP_LANGUAGE, TOKENS)
  monaco.languages.setLanguageConfiguration(DUMP_LANGUAGE, {
    // A name of the kernel's is one word.
    wordPattern: /[^\s,:"[\]]+/,
  })
  monaco.languages.registerHoverProvider(DUMP_LANGUAGE, {
    provideHover: (model, position) => {
      const word = model.getWordAtPosition(position)
      if (word === null) return null
      const state = appStore.getState()
      const name = dumpNames(displayedAnalysis(state)?.ruleset, nodeReportOf(state)).get(word.word)
      if (name === undefined) return null
      return {
        range: new monaco.Range(position.lineNumber, word.startColumn, position.lineNumber, word.endColumn),
        contents: [name.readable, name.sentence]
          .filter(text => text !== '')
          // Names come from anybody's dump: they are text, never markup.
          .map(value => ({ value: value.replace(/[\\`*_{}[\]()#+!<>|~-]/g, '\\$&') })),
      }
    },
  })
}
