import { describe, expect, it } from 'vitest'
import { blocksOf, piecesOf } from './markdown'

describe('the Markdown of a protocol', () => {
  it('knows headings, lists, paragraphs, bold and italic', () => {
    expect(blocksOf('# What\n\nWe look at **fibre**\nand *sleep*.\n\n- one\n- two\n1. first')).toEqual([
      { kind: 'heading', level: 1, pieces: [{ kind: 'plain', text: 'What' }] },
      {
        kind: 'paragraph',
        pieces: [
          { kind: 'plain', text: 'We look at ' },
          { kind: 'strong', text: 'fibre' },
          { kind: 'plain', text: ' ' },
          { kind: 'plain', text: 'and ' },
          { kind: 'emphasis', text: 'sleep' },
          { kind: 'plain', text: '.' },
        ],
      },
      { kind: 'list', ordered: false, items: [[{ kind: 'plain', text: 'one' }], [{ kind: 'plain', text: 'two' }]] },
      { kind: 'list', ordered: true, items: [[{ kind: 'plain', text: 'first' }]] },
    ])
  })

  it('leaves everything else as the text it is', () => {
    const hostile = '<img src=x onerror=alert(1)> [a](javascript:alert(1)) &amp; 2 * 3 * 4'
    expect(piecesOf(hostile)).toEqual([{ kind: 'plain', text: hostile }])
  })
})
