// The sheet as a PDF, made in this window. The library and its fonts are fetched when they are wanted.
//
// It has no more about anybody than the sheet: no author, and the only times in it are the days on the sheet. The
// same sheet gives the same bytes.

import regular from '@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf?url'
import semibold from '@expo-google-fonts/inter/600SemiBold/Inter_600SemiBold.ttf?url'
import { jsPDF } from 'jspdf'
import { autoTable, type RowInput } from 'jspdf-autotable'
import type { Heading, Row, Section, Sheet } from './sheet'

const FONT = 'Inter'
const MARGIN_MM = 16
const INK = 30
const SOFT = 95
const LINE = 205

async function base64Of(url: string): Promise<string> {
  const bytes = new Uint8Array(await (await fetch(url)).arrayBuffer())
  let text = ''
  // In pieces: a call takes only so many arguments.
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000))
  return btoa(text)
}

/** Paper as it is used where the language is at home. */
export function paperOf(language: string): 'a4' | 'letter' {
  return /-(US|CA|MX|PH)$/i.test(language) ? 'letter' : 'a4'
}

export async function pdfOf(sheet: Sheet, page: (n: number, of: number) => string, language: string): Promise<ArrayBuffer> {
  const fonts = await Promise.all([base64Of(regular), base64Of(semibold)])
  return writePdf(sheet, page, language, fonts)
}

export function writePdf(sheet: Sheet, page: (n: number, of: number) => string, language: string, [normal, bold]: readonly string[]): ArrayBuffer {
  const pdf = new jsPDF({ unit: 'mm', format: paperOf(language), putOnlyUsedFonts: true, compress: true })
  pdf.addFileToVFS('normal.ttf', normal ?? '')
  pdf.addFont('normal.ttf', FONT, 'normal')
  pdf.addFileToVFS('bold.ttf', bold ?? '')
  pdf.addFont('bold.ttf', FONT, 'bold')
  pdf.setProperties({ title: sheet.title, creator: 'Keepwell' })
  pdf.setCreationDate("D:20000101000000+00'00'")
  pdf.setFileId('0'.repeat(32))
  pdf.setLanguage(language.startsWith('de') ? 'de' : 'en')
  const width = pdf.internal.pageSize.getWidth() - 2 * MARGIN_MM
  const height = pdf.internal.pageSize.getHeight()
  const known = charactersOf(pdf)
  const clean = (text: string) => [...text.normalize('NFC')].map((char) => (known(char) ? char : '□')).join('')

  let y = MARGIN_MM + 4
  const write = (text: string, size: number, style: 'normal' | 'bold', tone = INK) => {
    pdf.setFont(FONT, style).setFontSize(size).setTextColor(tone)
    for (const line of pdf.splitTextToSize(clean(text), width) as string[]) {
      const step = size * 0.47
      if (y + step > height - MARGIN_MM - 6) {
        pdf.addPage()
        y = MARGIN_MM + 4
      }
      pdf.text(line, MARGIN_MM, y)
      y += step
    }
  }

  write(sheet.title, 20, 'bold')
  if (sheet.name !== '') {
    y += 1
    write(sheet.name, 13, 'normal')
  }
  y += 2
  for (const [name, value] of sheet.facts) write(`${name}: ${value}`, 10, 'normal', SOFT)
  for (const section of sheet.sections) {
    y += 6
    // A heading stays with what follows it.
    if (y > height - MARGIN_MM - 34) {
      pdf.addPage()
      y = MARGIN_MM + 4
    }
    write(section.title, 13, 'bold')
    if (section.why) write(section.why, 8.5, 'normal', SOFT)
    for (const text of section.text ?? []) write(text, 10, 'normal')
    if (section.rows.length > 0) y = table(pdf, section, y, clean)
  }

  const pages = pdf.getNumberOfPages()
  for (let number = 1; number <= pages; number++) {
    pdf.setPage(number)
    pdf.setFont(FONT, 'normal').setFontSize(8).setTextColor(SOFT)
    pdf.text(clean(sheet.foot), MARGIN_MM, height - 9)
    pdf.text(clean(page(number, pages)), MARGIN_MM + width, height - 9, { align: 'right' })
  }
  return pdf.output('arraybuffer')
}

/** One table after the other where a section has groups, so that no group's name stands alone at the foot of a page. */
function table(pdf: jsPDF, { headings, rows }: Section, from: number, clean: (text: string) => string): number {
  const page = pdf.internal.pageSize
  const groups: Row[][] = []
  for (const row of rows) {
    if (row.group || groups.length === 0) groups.push([row])
    else groups.at(-1)?.push(row)
  }
  const narrow = groups.length > 1 ? Math.min(24, (0.62 * (page.getWidth() - 2 * MARGIN_MM)) / (headings.length - 1)) : null
  let y = from - 2
  groups.forEach((group, at) => {
    const breaks = at > 0 && y > page.getHeight() - MARGIN_MM - 24
    if (breaks) pdf.addPage()
    autoTable(pdf, {
      startY: breaks ? MARGIN_MM : y,
      margin: { left: MARGIN_MM, right: MARGIN_MM, top: MARGIN_MM, bottom: MARGIN_MM },
      theme: 'plain',
      styles: { font: FONT, fontSize: 9, textColor: INK, cellPadding: { top: 0.9, bottom: 0.9, left: 0, right: 1 }, lineColor: LINE, lineWidth: { bottom: 0.15 }, overflow: 'linebreak' },
      headStyles: { font: FONT, fontStyle: 'bold', fontSize: 8, textColor: SOFT },
      columnStyles: narrow === null ? {} : Object.fromEntries(headings.slice(1).map((_, column) => [column + 1, { cellWidth: narrow }])),
      head: at === 0 || breaks ? [headings.map(({ text, number }) => ({ content: clean(text), styles: { halign: number ? ('right' as const) : ('left' as const) } }))] : [],
      rowPageBreak: 'avoid',
      body: group.map((row) => bodyRow(row, headings, clean)),
    })
    y = (pdf as jsPDF & { lastAutoTable: { finalY: number } }).lastAutoTable.finalY
  })
  return y + 2
}

function bodyRow({ cells, group, part }: Row, headings: readonly Heading[], clean: (text: string) => string): RowInput {
  if (group) return [{ content: clean(cells[0] ?? ''), colSpan: headings.length, styles: { fontStyle: 'bold', cellPadding: { top: 2.6, bottom: 0.8, left: 0, right: 1 } } }]
  return cells.map((cell, at) => ({
    content: clean(cell),
    styles: { halign: headings[at]?.number ? ('right' as const) : ('left' as const), ...(part && at === 0 ? { cellPadding: { top: 0.9, bottom: 0.9, left: 4, right: 1 }, textColor: SOFT } : {}) },
  }))
}

/** Which characters the fonts can draw: the rest would be missing without a word. */
function charactersOf(pdf: jsPDF): (char: string) => boolean {
  pdf.setFont(FONT, 'normal')
  const font = (pdf as unknown as { getFont: () => { metadata?: { characterToGlyph?: (code: number) => number } } }).getFont()
  const glyphOf = font.metadata?.characterToGlyph?.bind(font.metadata)
  return (char) => char === ' ' || !glyphOf || (char.length === 1 && glyphOf(char.charCodeAt(0)) > 0)
}
