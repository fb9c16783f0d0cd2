// Finishes web/dist after `vite build`: integrity hashes on the page's own tags, a .br and a .gz beside
// every text asset (the program serves them as they are), and the weight of the first page.
//
// Fails when the first page is heavier than its budget, so that weight is a decision and not an accident.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const dist = new URL('../dist/', import.meta.url).pathname
const firstPageBytesMax = 120_000
const compressible = /\.(js|css|html|svg|json|ttf|webmanifest|txt)$/

const brotli = (bytes) =>
  brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } })

const page = join(dist, 'index.html')
const firstPage = new Set(['index.html'])
const html = readFileSync(page, 'utf8').replace(/<(script|link)\b[^>]*?\b(?:src|href)="\/(assets\/[^"]+)"[^>]*>/g, (tag, _name, file) => {
  firstPage.add(file)
  const hash = createHash('sha384').update(readFileSync(join(dist, file))).digest('base64')
  return tag.replace(/\s*>$/, ` integrity="sha384-${hash}">`)
})
writeFileSync(page, html)

let total = 0
for (const file of readdirSync(dist, { recursive: true })) {
  const path = join(dist, String(file))
  if (!statSync(path).isFile() || !compressible.test(path)) continue
  const bytes = readFileSync(path)
  const small = brotli(bytes)
  writeFileSync(`${path}.br`, small)
  writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }))
  const counted = firstPage.has(String(file)) || /(^|\/)en-[^/]*\.js$/.test(String(file))
  if (counted) total += small.length
  console.log(`${String(file).padEnd(44)} ${String(bytes.length).padStart(8)} B ${String(small.length).padStart(8)} B br${counted ? '  first page' : ''}`)
}
console.log(`first page: ${total} B compressed, budget ${firstPageBytesMax} B`)
if (total > firstPageBytesMax) {
  console.error('The first page is over its budget: load the new part when it is needed, or raise the budget on purpose.')
  process.exit(1)
}
