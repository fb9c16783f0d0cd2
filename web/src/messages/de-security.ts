// German, for what opens the diary.

import type { Messages } from './en'

export const secondStep: Messages['secondStep'] = {
  title: 'Noch ein Schritt',
  why: 'Dein erster Schritt war richtig. Zeig jetzt den zweiten.',
  with: 'Öffnen mit',
  ways: { totp: 'App-Code', security_key: 'Sicherheitsschlüssel', single_use_code: 'Einmalcode' },
  totp: 'Code aus deiner Authenticator-App',
  totpHint: 'Sechs Ziffern. Alle 30 Sekunden kommt ein neuer Code.',
  totpNeeded: 'Schreib die sechs Ziffern, die die App jetzt zeigt.',
  single: 'Einmalcode',
  singleHint: 'Einer der zehn, die du aufbewahrt hast. Danach ist er verbraucht.',
  singleNeeded: 'Schreib einen deiner Einmalcodes.',
  keyHint: 'Geh weiter, dann fragt dein Browser nach deinem Sicherheitsschlüssel oder Passkey.',
  wrong: {
    totp: 'Dieser Code stimmt nicht oder wurde schon verwendet. Schreib den, den die App als Nächstes zeigt.',
    single_use_code: 'Dieser Code stimmt nicht oder wurde schon verwendet. Nimm einen anderen.',
  },
  goOn: 'Tagebuch öffnen',
  lost: 'Keine App und kein Schlüssel zur Hand? Ein Einmalcode öffnet das Tagebuch auch. Ohne all das kann es niemand öffnen, auch wir nicht.',
  back: 'Zurück zur Anmeldung',
  tries: 'Zu viele Versuche oder zu lange gewartet. Melde dich noch einmal an.',
}

export const prove: Messages['prove'] = {
  title: 'Bist du es?',
  why: 'Das ändert, was dein Tagebuch öffnet. Zeig noch einmal, dass du es bist; das gilt fünf Minuten.',
  goOn: 'Weiter',
  wrongPassword: 'Das ist nicht dein Passwort.',
}

export const security: Messages['security'] = {
  title: 'Sicherheit',
  name: 'Name',
  nameNeeded: 'Gib einen Namen an, an dem du es wiedererkennst.',
  rename: 'Umbenennen…',
  renameTitle: (name) => `„${name}“ umbenennen`,
  steps: {
    title: 'Zweite Schritte',
    why: 'Wer dein Passwort erfährt, kann das Tagebuch ohne deinen zweiten Schritt trotzdem nicht öffnen.',
    required: 'Dieses Keepwell verlangt von allen einen.',
    none: 'Du hast noch keinen.',
    totp: 'Authenticator-App',
    key: 'Sicherheitsschlüssel',
    passkey: 'Passkey: öffnet das Tagebuch ohne Passwort',
    made: (when) => `Eingerichtet ${when}.`,
    used: (when) => `Zuletzt verwendet ${when}.`,
    neverUsed: 'Noch nicht verwendet.',
    addTotp: 'Authenticator-App hinzufügen',
    remove: 'Entfernen…',
    removeTitle: (name) => `„${name}“ entfernen?`,
    removeWhy: 'Er zählt bei der Anmeldung nicht mehr. Um ihn wieder zu verwenden, richtest du ihn neu ein. Danach kannst du ihn auch in der App oder auf dem Schlüssel löschen.',
    removePasskey: 'Er öffnet das Tagebuch nicht mehr, weder allein noch als zweiter Schritt. Um ihn wieder zu verwenden, richtest du ihn neu ein. Lösche ihn danach auf deinem Gerät, damit er nicht mehr angeboten wird.',
    lastWhy: 'Das ist dein letzter zweiter Schritt. Danach steht dein Passwort allein, es muss also mindestens 15 Zeichen haben, und deine Einmalcodes gelten nicht mehr.',
    lastPassword: 'Das ist nicht dein Passwort, oder es hat weniger als 15 Zeichen: dann wähle zuerst ein längeres.',
    lastRequired: 'Dieses Keepwell verlangt von allen einen zweiten Schritt. Richte zuerst einen anderen ein, dann entferne diesen.',
  },
  totp: {
    title: 'Authenticator-App hinzufügen',
    scan: 'Scanne dieses Bild mit deiner Authenticator-App. Dann zeigt sie sechs Ziffern.',
    picture: 'Das Geheimnis für deine Authenticator-App als Bild. Dasselbe steht darunter als Text.',
    cannot: 'Die App kann nicht scannen? Geheimnis abtippen',
    code: 'Die sechs Ziffern, die die App jetzt zeigt',
    wrong: 'Das sollte die App jetzt nicht zeigen. Prüfe die Uhr deines Telefons und schreib den nächsten Code.',
    nameGuess: 'Telefon',
    nameHint: 'Das Gerät oder die App, wie du sie nennst.',
    add: 'Hinzufügen',
  },
  codes: {
    title: 'Einmalcodes',
    why: 'Jeder gilt einmal: statt deines zweiten Schritts oder, zusammen mit ihm, statt eines vergessenen Passworts.',
    left: (n) => (n === 0 ? 'Keiner ist übrig. Mach neue.' : n === 1 ? '1 Code ist übrig.' : `${n} Codes sind übrig.`),
    renew: 'Zehn neue Codes machen',
    once: 'Bewahre diese zehn Codes auf',
    onceWhy: 'Sie werden nur dieses eine Mal gezeigt; frühere gelten nicht mehr. Leg sie zu deinem Wiederherstellungscode, nicht in das Telefon, für das sie einspringen.',
    kept: 'Ich habe sie aufbewahrt',
    fileName: 'keepwell-einmalcodes.txt',
    file: (email, codes) => `Keepwell-Einmalcodes für ${email}\n\n${codes}\n\nJeder gilt einmal, statt deines zweiten Schritts. Bewahre sie sicher auf.\n`,
  },
  code: {
    title: 'Wiederherstellungscode',
    why: 'Ohne dein Passwort ist er der Weg zurück ins Tagebuch. Ist er verloren, oder hat ihn jemand gesehen? Mach einen neuen; der alte gilt dann nicht mehr.',
    renew: 'Neuen Wiederherstellungscode machen',
  },
  owes: {
    title: 'Richte zuerst einen zweiten Schritt ein',
    why: 'Wer dieses Keepwell betreibt, verlangt von allen einen zweiten Schritt neben dem Passwort. Das dauert eine Minute; dann öffnet sich dein Tagebuch.',
  },
}
