// The HTTP contract as types, in the shape that openapi-typescript writes.
//
// This is the only module that knows where they come from: the rest of the app imports names from here.

export type Kind = 'food' | 'water' | 'note'
export type MealGroup = 'breakfast' | 'lunch' | 'dinner' | 'snacks'

export interface SessionInfo {
  email: string
  person_id: string
  recovery_code_kept: boolean
  idle_minutes: number
  expires_at: string
}

export interface RecoveryCodeShown {
  recovery_code: string
}

export interface NutrientGroup {
  key: string
  name: string
}

export interface Nutrient {
  key: string
  name: string
  unit: string
  group: string
  decimals: number
  parent?: string | null
}

export interface NutrientList {
  groups: NutrientGroup[]
  nutrients: Nutrient[]
}

export interface FoodHit {
  id: string
  name: string
  group: string
  source: string
  energy_kcal?: number | null
}

export interface Portion {
  seq: number
  name: string
  grams: number
}

export interface Value {
  amount: number
  method: string
}

export interface Food {
  id: string
  name: string
  group: string
  source: { name: string; release: string }
  portions: Portion[]
  nutrients: Record<string, Value>
}

export interface FoodEntry {
  id: string
  kind: 'food'
  group: MealGroup
  time: string
  zone: string
  food: { id: string; name: string; source: string }
  amount: number
  portion?: Portion | null
  grams: number
  energy_kcal?: number | null
}

export interface WaterEntry {
  id: string
  kind: 'water'
  time: string
  zone: string
  ml: number
}

export interface NoteEntry {
  id: string
  kind: 'note'
  time: string
  zone: string
  text: string
}

export type Entry = FoodEntry | WaterEntry | NoteEntry

export interface Total {
  amount: number
  known: number
}

export interface Day {
  date: string
  complete: boolean
  foods: number
  entries: Entry[]
  totals: Record<string, Total>
  water_ml: number
}

export interface NewFood {
  id: string
  kind: 'food'
  group: MealGroup
  time: string
  zone: string
  food: string
  amount: number
  /** The `seq` of the food's portion; without it the amount is grams. */
  portion?: number
}

export interface NewWater {
  id: string
  kind: 'water'
  time: string
  zone: string
  ml: number
}

export interface NewNote {
  id: string
  kind: 'note'
  time: string
  zone: string
  text: string
}

export type NewEntry = NewFood | NewWater | NewNote

export interface EntryChange {
  group?: MealGroup
  time?: string
  zone?: string
  amount?: number
  portion?: number | null
  ml?: number
  text?: string
  /** Moves the entry to this day. */
  day?: string
}

export interface Contribution {
  entry: string
  food: string
  name: string
  grams: number
  amount?: number | null
  source: string
  release: string
  method?: string | null
}

export interface Contributions {
  nutrient: string
  unit: string
  amount: number
  known: number
  foods: number
  contributions: Contribution[]
}

export interface DayInRange {
  date: string
  foods: number
  complete: boolean
  totals: Record<string, Total>
}

export interface Range {
  from: string
  to: string
  complete_days: number
  days: DayInRange[]
  averages: Record<string, number>
}

export interface ProblemBody {
  type?: string
  title: string
  status: number
  detail?: string | null
  errors?: { field: string; problem: string }[] | null
  request_id?: string | null
}

type Body<T> = { content: { 'application/json': T } }
type Failure = { content: { 'application/problem+json': ProblemBody } }
type Nothing = { content?: never }
type OfDay = { date: string }
type OfEntry = { date: string; id: string }

export interface paths {
  '/api/v1/account': {
    post: { parameters: object; requestBody: Body<{ email: string; password: string }>; responses: { 201: Body<RecoveryCodeShown>; default: Failure } }
  }
  '/api/v1/account/recovery-code': {
    post: { parameters: object; requestBody: Body<Record<string, never>>; responses: { 201: Body<RecoveryCodeShown>; default: Failure } }
  }
  '/api/v1/account/recovery-code/kept': {
    put: { parameters: object; requestBody: Body<{ code: string }>; responses: { 204: Nothing; default: Failure } }
  }
  '/api/v1/session': {
    get: { parameters: object; responses: { 200: Body<SessionInfo>; default: Failure } }
    post: { parameters: object; requestBody: Body<{ email: string; password: string }>; responses: { 201: Body<SessionInfo>; default: Failure } }
    delete: { parameters: object; responses: { 204: Nothing; default: Failure } }
  }
  '/api/v1/session/recovery': {
    post: {
      parameters: object
      requestBody: Body<{ email: string; recovery_code: string; new_password: string }>
      responses: { 201: Body<RecoveryCodeShown>; default: Failure }
    }
  }
  '/api/v1/nutrients': {
    get: { parameters: object; responses: { 200: Body<NutrientList>; default: Failure } }
  }
  '/api/v1/foods': {
    get: { parameters: { query: { q: string; limit?: number } }; responses: { 200: Body<{ foods: FoodHit[] }>; default: Failure } }
  }
  '/api/v1/foods/{id}': {
    get: { parameters: { path: { id: string } }; responses: { 200: Body<Food>; default: Failure } }
  }
  '/api/v1/days': {
    get: {
      parameters: { query: { from: string; to: string; nutrients?: string } }
      responses: { 200: Body<Range>; default: Failure }
    }
  }
  '/api/v1/days/{date}': {
    get: { parameters: { path: OfDay }; responses: { 200: Body<Day>; default: Failure } }
    patch: { parameters: { path: OfDay }; requestBody: Body<{ complete: boolean }>; responses: { 200: Body<Day>; default: Failure } }
  }
  '/api/v1/days/{date}/entries': {
    post: { parameters: { path: OfDay }; requestBody: Body<NewEntry>; responses: { 200: Body<Day>; 201: Body<Day>; default: Failure } }
  }
  '/api/v1/days/{date}/entries/{id}': {
    patch: { parameters: { path: OfEntry }; requestBody: Body<EntryChange>; responses: { 200: Body<Day>; default: Failure } }
    delete: { parameters: { path: OfEntry }; responses: { 200: Body<Day>; default: Failure } }
  }
  '/api/v1/days/{date}/copies': {
    post: {
      parameters: { path: OfDay }
      requestBody: Body<{ from: string; entries: { id: string; of: string }[] }>
      responses: { 201: Body<Day>; default: Failure }
    }
  }
  '/api/v1/days/{date}/nutrients/{key}': {
    get: { parameters: { path: { date: string; key: string } }; responses: { 200: Body<Contributions>; default: Failure } }
  }
}
