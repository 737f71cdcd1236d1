/** What each layer may import: layers below it, and npm packages. Listed bottom-up; a test enforces it. */
export const layers: Readonly<
  Record<string, { readonly layers: readonly string[]; readonly packages: readonly string[] }>
> = {
  model: { layers: [], packages: [] },
  parse: { layers: ['model'], packages: ['yaml'] },
  'engine/kubernetes': { layers: ['model'], packages: [] },
  'engine/azure-npm': { layers: ['model'], packages: [] },
  'engine/netfilter': { layers: ['model'], packages: [] },
  analysis: {
    layers: ['model', 'parse', 'engine/kubernetes', 'engine/azure-npm', 'engine/netfilter'],
    packages: [],
  },
  graph: { layers: ['model'], packages: ['elkjs'] },
  permalink: { layers: ['model'], packages: ['fflate', 'valibot'] },
  worker: { layers: ['model', 'analysis', 'graph', 'permalink'], packages: ['elkjs'] },
  store: { layers: ['model', 'graph', 'permalink'], packages: ['zustand'] },
  ui: {
    layers: ['model', 'graph', 'store'],
    packages: [
      'react',
      'react-dom',
      '@xyflow/react',
      'monaco-editor',
      'zustand',
      'react-resizable-panels',
      'cmdk',
      '@tanstack/react-virtual',
      'lucide-react',
    ],
  },
  cli: { layers: ['model', 'analysis', 'graph', 'permalink'], packages: ['node'] },
}
