// An authenticator app: the codes of RFC 6238 for a secret, each given out once.

import { createHmac } from 'node:crypto'

const STEP_MS = 30_000
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

function bytesOf(base32: string): Buffer {
  const bits = [...base32].map((letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, '0')).join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
}

export class Authenticator {
  readonly #secret: Buffer
  #last = 0

  constructor(secret: string) {
    this.#secret = bytesOf(secret.replace(/\s/g, ''))
  }

  /** A code that was not given out before. The server forgives one step either way, and none twice. */
  async code(): Promise<string> {
    const now = () => Math.floor(Date.now() / STEP_MS)
    this.#last = Math.max(this.#last + 1, now())
    while (now() < this.#last - 1) await new Promise((passed) => setTimeout(passed, 500))
    return this.#at(this.#last)
  }

  /** Six digits that are no code of about now. */
  wrong(): string {
    const near = new Set([-2, -1, 0, 1, 2, 3].map((away) => this.#at(Math.floor(Date.now() / STEP_MS) + away)))
    return ['000000', '111111', '222222', '333333', '444444', '555555', '666666'].find((code) => !near.has(code)) ?? ''
  }

  #at(step: number): string {
    const counter = Buffer.alloc(8)
    counter.writeBigUInt64BE(BigInt(step))
    const hash = createHmac('sha1', this.#secret).update(counter).digest()
    const at = (hash.at(-1) ?? 0) & 0x0f
    return String((hash.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0')
  }
}
