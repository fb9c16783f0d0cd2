// English, for what opens the diary: second steps, passkeys, sessions, tokens.

import type { Way } from '../api/types'

export const secondStep = {
  title: 'One more step',
  why: 'Your first step was right. Now show the second one.',
  with: 'Open with',
  ways: { totp: 'App code', security_key: 'Security key', single_use_code: 'Single-use code' } satisfies Record<Way, string> as Record<Way, string>,
  totp: 'Code from your authenticator app',
  totpHint: 'Six digits. A new code comes every 30 seconds.',
  totpNeeded: 'Write the six digits that the app shows now.',
  single: 'Single-use code',
  singleHint: 'One of the ten that you kept. It is used up by this.',
  singleNeeded: 'Write one of your single-use codes.',
  keyHint: 'Go on, and your browser asks for your security key or passkey.',
  /** By the field that was refused. */
  wrong: {
    totp: 'This code is not right, or it was used already. Type the one that the app shows next.',
    single_use_code: 'This code is not right, or it was used already. Try another one.',
  } as Record<string, string>,
  goOn: 'Open my diary',
  lost: 'No app and no key at hand? A single-use code opens the diary as well. Without any of them nobody can open it, not even we.',
  back: 'Back to sign in',
  tries: 'Too many tries, or too long a wait. Sign in once more.',
}

export const prove = {
  title: 'Is it you?',
  why: 'This changes what opens your diary. Show once more that it is you; it lasts for five minutes.',
  goOn: 'Go on',
  wrongPassword: 'This is not your password.',
}

export const security = {
  title: 'Security',
  name: 'Name',
  nameNeeded: 'Give it a name, so that you know it again.',
  rename: 'Rename…',
  renameTitle: (name: string) => `Rename “${name}”`,
  steps: {
    title: 'Second steps',
    why: 'Whoever learns your password still cannot open the diary without your second step.',
    required: 'This Keepwell asks everybody for one.',
    none: 'You have none yet.',
    totp: 'Authenticator app',
    key: 'Security key',
    passkey: 'Passkey: opens the diary without a password',
    made: (when: string) => `Set up ${when}.`,
    used: (when: string) => `Last used ${when}.`,
    neverUsed: 'Not used yet.',
    addTotp: 'Add an authenticator app',
    remove: 'Remove…',
    removeTitle: (name: string) => `Remove “${name}”?`,
    removeWhy: 'It no longer counts when you sign in. To use it again you set it up anew. You can also delete it in the app or on the key afterwards.',
    removePasskey: 'It no longer opens the diary, alone or as a second step. To use it again you set it up anew. Delete it on your device afterwards, so that it is not offered any more.',
    lastWhy: 'This is your last second step. Your password stands alone from then on, so it must have 15 characters or more, and your single-use codes stop working.',
    lastPassword: 'This is not your password, or it has fewer than 15 characters: then choose a longer one first.',
    lastRequired: 'This Keepwell asks everybody for a second step. Set up another one first, then remove this one.',
  },
  totp: {
    title: 'Add an authenticator app',
    scan: 'Scan this picture with your authenticator app. It then shows six digits.',
    picture: 'The secret for your authenticator app as a picture. The same secret stands below as text.',
    cannot: 'The app cannot scan? Type the secret',
    code: 'The six digits that the app shows now',
    wrong: 'This is not what the app should show now. Check the clock of your phone, and type the next code.',
    nameGuess: 'Phone',
    nameHint: 'The device or app, as you call it.',
    add: 'Add',
  },
  codes: {
    title: 'Single-use codes',
    why: 'Each works once: in the place of your second step, or, with it, in the place of a forgotten password.',
    left: (n: number) => (n === 0 ? 'None is left. Make new ones.' : n === 1 ? '1 code is left.' : `${n} codes are left.`),
    renew: 'Make ten new codes',
    once: 'Keep these ten codes',
    onceWhy: 'They are shown this once; earlier ones no longer work. Keep them with your recovery code, not in the phone that they stand in for.',
    kept: 'I have kept them',
    fileName: 'keepwell-single-use-codes.txt',
    file: (email: string, codes: string) => `Keepwell single-use codes for ${email}\n\n${codes}\n\nEach works once, in the place of your second step. Keep them safe.\n`,
  },
  code: {
    title: 'Recovery code',
    why: 'Without your password it is the way back into the diary. Was it lost or seen by somebody? Make a new one; the old one stops working.',
    renew: 'Make a new recovery code',
  },
  owes: {
    title: 'First set up a second step',
    why: 'Whoever runs this Keepwell asks everybody for a second step beside the password. It takes a minute; then your diary opens.',
  },
}
