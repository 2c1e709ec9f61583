import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const server = `http://127.0.0.1:${process.env['PORT'] ?? '3000'}`

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  // the code that checks evidence is the server's; in a browser it hashes with this
  resolve: {
    alias: [{ find: /^(node:)?crypto$/, replacement: `${import.meta.dirname}/crypto.ts` }],
    conditions: ['source', 'module', 'browser', 'development|production'],
  },
  build: { outDir: '../dist/web', emptyOutDir: true, chunkSizeWarningLimit: 1500 },
  server: {
    // '/api' alone would take /api.ts as well; the server accepts writes from its own pages only
    proxy: { '/api/': { target: server, changeOrigin: true, headers: { origin: server } } },
  },
})
