import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

export default defineConfig(({ isSsrBuild }) => ({
  base: './',
  plugins: [react()],
  worker: { format: 'es' },
  publicDir: isSsrBuild ? false : 'public',
  build: {
    target: 'es2023',
    chunkSizeWarningLimit: 4500,
    ...(isSsrBuild && {
      rollupOptions: { output: { entryFileNames: 'netpol-flow.js' } },
    }),
  },
  ssr: { noExternal: true },
  server: { host: '127.0.0.1' },
  preview: { host: '127.0.0.1' },
  test: { include: ['src/**/*.test.{ts,tsx}'], testTimeout: 60_000 },
}))
