import { defineConfig } from 'vite'

/** Bundles the benchmarks for Node, which does not read TypeScript in every version that is supported. */
export default defineConfig({
  publicDir: false,
  build: { target: 'es2023', ssr: 'bench/main.ts', outDir: 'node_modules/.bench', emptyOutDir: true },
  ssr: { noExternal: true },
})
