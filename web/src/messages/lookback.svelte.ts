// The texts of looking back, in the language that is shown. They come with the pages that need them, not with the
// first page.

import * as de from './de-lookback'
import * as en from './en-lookback'
import { language } from './index.svelte'

export function back(): typeof en {
  return language() === 'de' ? de : en
}
