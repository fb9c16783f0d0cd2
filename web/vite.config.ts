import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'

/** Where `npm run dev` finds the API; the built app is served by the program itself. */
const server = process.env['KEEPWELL_TEST_URL'] ?? 'https://localhost:8443'

export default defineConfig({
  plugins: [svelte()],
  resolve: {
    // What jsPDF could use to draw web pages and pictures: we give it words and tables.
    alias: Object.fromEntries(['canvg', 'dompurify', 'html2canvas'].map((name) => [name, new URL('src/report/nothing.ts', import.meta.url).pathname])),
  },
  build: {
    target: 'es2022',
    // A data: URL would need a wider content security policy than 'self'.
    assetsInlineLimit: 0,
    // The polyfill is an inline script in spirit: every browser we name supports modulepreload.
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: { proxy: { '/api': { target: server, secure: false, changeOrigin: true } } },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
})
