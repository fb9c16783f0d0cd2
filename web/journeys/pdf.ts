// Reads a PDF as a person with a reader would: its words, page by page, and what it says about itself.

import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs'

export interface ReadPdf {
  pages: string[]
  /** In points. */
  width: number
  about: Record<string, unknown>
}

export async function readPdf(bytes: Uint8Array): Promise<ReadPdf> {
  const document = await getDocument({ data: bytes, verbosity: 0 }).promise
  const pages: string[] = []
  for (let number = 1; number <= document.numPages; number++) {
    const { items } = await (await document.getPage(number)).getTextContent()
    pages.push(items.map((item) => ('str' in item ? item.str : '')).join(' ').replace(/\s+/g, ' '))
  }
  const first = await document.getPage(1)
  const { info } = await document.getMetadata()
  return { pages, width: first.getViewport({ scale: 1 }).width, about: info as Record<string, unknown> }
}
