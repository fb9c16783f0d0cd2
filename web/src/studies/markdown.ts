// The little of Markdown that a protocol may use, as blocks and pieces of text. Nothing of it is ever HTML: the
// page makes elements of its own from these, so a text can hold whatever it likes and is only ever shown.

export interface Piece {
  kind: 'plain' | 'strong' | 'emphasis'
  text: string
}

export type Block =
  | { kind: 'heading'; level: number; pieces: Piece[] }
  | { kind: 'paragraph'; pieces: Piece[] }
  | { kind: 'list'; ordered: boolean; items: Piece[][] }

const HEADING = /^(#{1,4})\s+(.*)$/
const BULLET = /^[-*]\s+(.*)$/
const NUMBERED = /^\d{1,3}[.)]\s+(.*)$/
const MARKED = /\*\*([^*]+)\*\*|\*([^*\s][^*]*)\*/g

/** Bold and italic; everything else is text. */
export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = []
  let from = 0
  for (const found of text.matchAll(MARKED)) {
    if (found.index > from) pieces.push({ kind: 'plain', text: text.slice(from, found.index) })
    if (found[1] !== undefined) pieces.push({ kind: 'strong', text: found[1] })
    else pieces.push({ kind: 'emphasis', text: found[2] ?? '' })
    from = found.index + found[0].length
  }
  if (from < text.length) pieces.push({ kind: 'plain', text: text.slice(from) })
  return pieces
}

/** Headings, lists and paragraphs, in order. */
export function blocksOf(text: string): Block[] {
  const blocks: Block[] = []
  let open: Block | null = null
  for (const raw of text.split('\n')) {
    const line = raw.trim()
    const heading = HEADING.exec(line)
    const item = BULLET.exec(line) ?? NUMBERED.exec(line)
    if (line === '') {
      open = null
    } else if (heading) {
      blocks.push({ kind: 'heading', level: heading[1]?.length ?? 1, pieces: piecesOf(heading[2] ?? '') })
      open = null
    } else if (item) {
      const ordered = NUMBERED.test(line)
      if (open?.kind !== 'list' || open.ordered !== ordered) blocks.push((open = { kind: 'list', ordered, items: [] }))
      open.items.push(piecesOf(item[1] ?? ''))
    } else if (open?.kind === 'paragraph') {
      open.pieces.push({ kind: 'plain', text: ' ' }, ...piecesOf(line))
    } else {
      blocks.push((open = { kind: 'paragraph', pieces: piecesOf(line) }))
    }
  }
  return blocks
}
