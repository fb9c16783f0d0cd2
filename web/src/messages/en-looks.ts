// English, for who looked into the diary, and the proof that nothing of it is missing.

/** What a group of looks is about, in words. */
interface About {
  who: string
  /** Parts of the diary with "and" between; empty where none is named. */
  parts: string
  /** "of 3 March", "from 1 March to 5 March", or empty. */
  days: string
  /** "on 3 March", "from 1 March to 5 March", or empty. */
  on: string
}

const about = ({ parts, days }: About, otherwise: string) => [parts === '' ? otherwise : parts, days].filter(Boolean).join(' ')

export const looks = {
  title: 'Who looked',
  why: 'Everything that others read or wrote in your diary. It cannot be switched off, and nobody can take anything out of it unnoticed.',
  none: 'Nobody has looked into your diary.',
  noneFound: 'Nothing in these days.',
  somebody: 'Somebody whose name is not known',
  kinds: { friend: 'friend', practice: 'practice', study: 'study' } as Record<string, string>,
  named: (name: string, kind: string) => `${name} (${kind})`,
  former: (name: string) => `${name}, no longer has access`,
  today: 'Today',
  and: 'and',
  /** As in "looked at your food". */
  parts: {
    food: 'food',
    notes: 'notes',
    summary: 'sums',
    logged: 'logged days',
    activity: 'activity',
    body: 'measurements',
    plan: 'targets and profile',
    library: 'own foods and recipes',
  } as Record<string, string>,
  day: (day: string) => `of ${day}`,
  onDay: (day: string) => `on ${day}`,
  days: (first: string, last: string) => `from ${first} to ${last}`,
  allDays: 'of all days',
  acts: {
    answers_read: (what: About) => `read your answers ${what.on}`.trim(),
    looked: (what: About) => `looked at your ${about(what, 'diary')}`,
    entry_recorded: (what: About) => `added an entry ${what.on}`.trim(),
    entry_amended: (what: About) => `changed an entry ${what.on}`.trim(),
    entry_moved: (what: About) => `moved an entry ${what.on}`.trim(),
    entry_removed: (what: About) => `removed an entry ${what.on}`.trim(),
    entries_copied: (what: About) => `copied entries ${what.on}`.trim(),
    day_marked: (what: About) => `marked the day ${what.days} as complete or open`,
    settings_changed: () => 'changed how your diary is shown',
    plan_changed: () => 'changed your targets',
    measure_kept: () => 'changed what you measure',
    measure_removed: () => 'removed something that you measure',
    activity_kept: () => 'changed an activity of your own',
    activity_removed: () => 'removed an activity of your own',
    fast_kept: () => 'changed a fast',
    fast_removed: () => 'removed a fast',
    invitation_accepted: () => 'accepted your invitation',
    record_refused: (what: About) => `was refused something that had been altered ${what.on}`.trim(),
  } as Record<string, (what: About) => string>,
  other: (act: string, what: About) => `did “${act.replaceAll('_', ' ')}” ${what.on}`.trim(),
  line: (who: string, did: string) => `${who} ${did}`,
  once: (time: string) => `at ${time}`,
  times: (n: number, time: string) => `${n} times, last at ${time}`,
  filter: 'Filter',
  who: 'Who',
  everybody: 'Everybody',
  from: 'From',
  to: 'To',
  wrongDays: 'The last day lies before the first.',
  more: 'Show earlier ones',
  export: 'Download as a table (CSV)',
  exported: 'Downloaded.',
  fileName: 'keepwell-who-looked.csv',
  proof: {
    title: 'Is it all there?',
    why: 'Each line carries a seal over the one before, and every minute all of it is sealed with a key that the database does not know. When you ask, Keepwell goes through the whole of it.',
    ask: 'Prove it',
    working: 'Going through it…',
    whole: (entries: string, n: number) => `${entries} ${n === 1 ? 'entry' : 'entries'}, unbroken.`,
    sealed: (number: string, when: string) => `Last sealed by checkpoint ${number}, ${when}.`,
    notYet: 'The first seal follows within a minute.',
    note: 'Whoever wants to be certain later notes this checkpoint:',
    broken: 'Something is missing or was changed. Tell whoever runs this Keepwell, and keep this page.',
    findings: {
      events_removed: 'Entries were removed',
      event_changed: 'An entry was changed, put in or moved',
      event_moved: 'An entry stands in the wrong place',
      head_forged: 'The newest entries were changed or removed',
      chain_rewritten: 'The entries were written anew',
      end_removed: 'The newest entries were removed',
      chain_set_back: 'The entries were set back to an earlier state',
      anchor_missing: 'A seal over your entries is gone',
      anchor_altered: 'A seal over your entries was changed',
      anchor_without_owner: 'A seal no longer says that it is yours',
      checkpoint_missing: 'A checkpoint is gone',
      checkpoint_altered: 'A checkpoint is not what was signed',
      not_as_noted: 'A checkpoint is another one than was noted',
      not_sealed: 'Entries were not sealed in time',
    } as Record<string, string>,
    at: (what: string, when: string) => `${what} (${when})`,
    entry: (what: string, seq: string) => `${what}: entry ${seq}`,
    checkpoint: (what: string, number: string) => `${what}: checkpoint ${number}`,
  },
}
