// Writes common.txt anew from the two lists that PROVENANCE.md names:
//
//   npm pack @zxcvbn-ts/language-common@4.1.3 && tar xzf zxcvbn-ts-language-common-4.1.3.tgz
//   pip download --no-deps Django==5.2.19 && unzip -q django-5.2.19-py3-none-any.whl
//   node make.mjs package/src/passwords.json django/contrib/auth/common-passwords.txt.gz > common.txt
//
// An entry is put into the form in which a password is compared (lower case, NFC). What has fewer
// than 8 characters is left out, because nobody can choose it; so is what is no text but the trace
// of a wrong encoding. Sorted by bytes, so that it can be searched as it is.
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

const SHORTEST = 8
const WRONG_ENCODING = /\ufffd|\u043f\u0457\u0455/u

const [zxcvbn, django] = process.argv.slice(2)
const typed = [
  ...JSON.parse(readFileSync(zxcvbn, 'utf8')),
  ...gunzipSync(readFileSync(django)).toString('utf8').split('\n'),
]
const compared = typed
  .map((password) => password.trim().toLowerCase().normalize('NFC'))
  .filter((password) => [...password].length >= SHORTEST && !WRONG_ENCODING.test(password))
const lines = [...new Set(compared)].map((password) => Buffer.from(`${password}\n`))
// The line's end stays out of the comparison: it would sort before what is longer, as nothing does.
lines.sort((a, b) => Buffer.compare(a.subarray(0, -1), b.subarray(0, -1)))
process.stdout.write(Buffer.concat(lines))
