// The names that the app gives to the HTTP contract's types.
//
// They come from the server's own description of its API (`npm run api`): when the contract changes, the
// build says where. This is the only module that looks at the generated file.

import type { components } from './schema'

export type { paths } from './schema'

type Schemas = components['schemas']

export type SessionInfo = Schemas['SessionInfo']
export type ProblemBody = Schemas['ProblemJson']
export type SignedIn = Schemas['SignedIn']
export type SecondSteps = Schemas['SecondSteps']
export type SecondStep = Schemas['SecondStep']
export type Unlocking = Schemas['Unlocking']
export type Proof = Schemas['NewProof']
export type OneSession = Schemas['OneSession']
export type AccountNotice = Schemas['AccountNotice']
export type EmailState = Schemas['EmailState']
export type BegunTotp = Schemas['BegunTotp']

export type Look = Schemas['LookOfOther']
export type LookingHolder = Schemas['LookingHolder']
export type AuditProof = Schemas['AuditProof']

export type SentPart = Schemas['SentPart']
export type Share = Schemas['ShareView']
export type Invitation = Schemas['InvitationView']
export type Offer = Schemas['Offer']
export type VisitedDiary = Schemas['VisitView']

export type Protocol = Schemas['ProtocolView']
export type SentProtocol = Schemas['SentProtocol']
export type Questionnaire = Schemas['Questionnaire']
export type Question = Schemas['Question']
export type Given = Schemas['Given']
export type Participation = Schemas['ParticipationView']
export type StudyInList = Schemas['StudyInList']
export type Asked = Schemas['Asked']

export type Token = Schemas['TokenView']
export type Access = Schemas['TokenAccess']

/** What a program may do with its parts of the diary. */
export const ACCESS = ['read', 'write', 'write_only'] as const satisfies readonly Access[]

/** What can be shown as a second step, as the server names it. */
export const WAYS = ['totp', 'security_key', 'single_use_code'] as const
export type Way = (typeof WAYS)[number]

export type Nutrient = Schemas['NutrientInfo']
export type NutrientList = Schemas['NutrientTable']
export type FoodHit = Schemas['Hit']
export type Food = Schemas['FoodDetail']
export type Portion = Schemas['PortionInfo']

export type Library = Schemas['LibraryView']
export type FoodLine = Schemas['FoodLine']
export type MealLine = Schemas['MealLine']
export type RepeatLine = Schemas['RepeatLine']
export type LibraryItem = Schemas['LibraryItemView']
export type SentItem = Schemas['SentLibraryItem']
export type OwnFood = Schemas['OwnFoodForm']
export type Holds = Schemas['Holds']
export type Ingredient = Schemas['Ingredient']
export type SentIngredient = Schemas['SentIngredient']
export type FoodLabel = Schemas['FoodLabel']
export type EatenFood = Schemas['EatenFood']
export type Quick = Schemas['SentQuick']
export type Selection = Schemas['SelectionView']

export type MealGroup = Schemas['Group']
export type Settings = Schemas['Settings']
export type Plan = Schemas['Plan']
export type MacroMode = Schemas['MacroMode']
export type DayTargets = Schemas['TargetsView']
export type Target = Schemas['DayTarget']
export type Bound = Schemas['BoundView']
export type Expenditure = Schemas['ExpenditureView']
export type Entry = Schemas['EntryView']
export type FoodEntry = Extract<Entry, { kind: 'food' }>
export type WaterEntry = Extract<Entry, { kind: 'water' }>
export type NoteEntry = Extract<Entry, { kind: 'note' }>
export type MeasurementEntry = Extract<Entry, { kind: 'measurement' }>
export type ActivityEntry = Extract<Entry, { kind: 'activity' }>
export type Point = Schemas['Point']
export type OwnMeasure = Schemas['KeptMeasure']
export type OwnActivity = Schemas['KeptActivity']
export type CompendiumActivity = Schemas['CompendiumActivity']
export type ActiveDay = Schemas['ActiveDay']
export type Fast = Schemas['FastView']
export type SentFast = Schemas['Fast']
export type FastStatistics = Schemas['Statistics']
export type Total = Schemas['TotalView']
export type Day = Schemas['DayView']
export type EntryChange = Schemas['SentChange']
export type Contributions = Schemas['Behind']
export type Range = Schemas['RangeView']

/** How a value was come by, as the server names it. */
export const METHODS = ['unknown', 'analytical', 'calculated', 'assumed', 'label', 'derived', 'estimated'] as const
export type Method = (typeof METHODS)[number]

interface Timed {
  id: string
  time: string
  zone: string
}

/** An entry to add; the server's own type leaves open which parts belong to which kind. */
export type NewEntry =
  /** Without a portion (the `seq` of one of the food's) the amount is grams. */
  | (Timed & { kind: 'food'; group: MealGroup; food: string; amount: number; portion?: number })
  | (Timed & { kind: 'food'; group: MealGroup; quick: Quick })
  /** Something that is in no catalogue, as a day told of it. */
  | (Timed & { kind: 'food'; group: MealGroup; as_recorded: string; amount: number })
  | (Timed & { kind: 'water'; ml: number })
  | (Timed & { kind: 'note'; text: string })
  /** An own measure is `own:` and its number, with its name. */
  | (Timed & { kind: 'measurement'; measure: string; value: number; second?: number; unit: string; name?: string; note?: string })
  /** Its energy is computed from `met` and `weight_kg`, or it is `kcal` as a device measured it. */
  | (Timed & { kind: 'activity'; activity?: string; name?: string; minutes: number; met?: number; weight_kg?: number; kcal?: number; note?: string })

export type Practice = Schemas['PracticeView']
export type PracticeOfCode = Schemas['PracticeOfCode']
export type Client = Schemas['ClientView']
export type Member = Schemas['MemberView']
export type Letter = Schemas['LetterView']
export type InvitedClient = Schemas['InvitedClient']
export type ListReport = Schemas['ListReport']

export type Report = Schemas['Report']
export type ReportLine = Schemas['ReportLine']
export type Sources = Schemas['ReportSources']
export type GapFillers = Schemas['GapFillers']
export type GapFiller = Schemas['GapFiller']
export type Measured = Schemas['Point']
