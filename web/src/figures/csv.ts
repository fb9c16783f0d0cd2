// Tables for spreadsheets: commas, quotes where they are needed, lines that end as RFC 4180 says.

/** A cell that a spreadsheet takes for text and never for a formula. */
function cell(value: string | number | null): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

export function csvOf(rows: readonly (readonly (string | number | null)[])[]): string {
  return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('')
}

/** Hands a file to the browser to keep. */
export function download(name: string, content: BlobPart, type: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }))
  const link = Object.assign(document.createElement('a'), { href: url, download: name })
  document.body.append(link)
  link.click()
  link.remove()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}

/** A table with the mark that tells spreadsheets the encoding. */
export function downloadTable(name: string, rows: Parameters<typeof csvOf>[0]): void {
  download(name, `\uFEFF${csvOf(rows)}`, 'text/csv;charset=utf-8')
}
