// A report as a sheet of words and tables, before it is shown: the page, the print and the PDF say the same.

import type { Measured, Nutrient, Report, ReportLine } from '../api/types'
import { readable, whole } from '../figures/amounts'
import { fullDate } from '../figures/dates'
import { numberFormat } from '../figures/formats'
import type { Messages } from '../messages/en'
import type { report as Words } from '../messages/en-lookback'
import { balancesOf } from './balances'

export interface Heading {
  text: string
  number?: boolean
}

export interface Row {
  cells: string[]
  /** A heading within the table. */
  group?: boolean
  /** A part of the line above it. */
  part?: boolean
}

export interface Section {
  key: string
  title: string
  why?: string
  headings: Heading[]
  rows: Row[]
  /** Paragraphs below the table, or instead of it. */
  text?: string[]
}

export interface Sheet {
  title: string
  name: string
  facts: [string, string][]
  sections: Section[]
  foot: string
}

export interface NoteOfDay {
  date: string
  time: string
  text: string
}

/** What a sheet is made of. */
export interface Parts {
  report: Report
  measured: readonly Measured[]
  notes: readonly NoteOfDay[]
  name: string
  remark: string
  full: boolean
  made: string
  language: string
  words: { report: typeof Words; body: Pick<Messages['body'], 'measures' | 'units'> }
  /** The nutrients in groups, as they are shown: without what calm mode hides. */
  groups: readonly { name: string; rows: readonly { nutrient: Nutrient; depth: number }[] }[]
  nameOf: (nutrient: Nutrient) => string
  /** Energy in the unit that is shown; null in calm mode. */
  energy: { unit: string; of: (kcal: number) => number } | null
  weight: { unit: string; of: (kg: number) => number } | null
}

/** What stands out where nothing was chosen. */
const USUAL = ['fiber', 'iron', 'calcium', 'magnesium', 'potassium', 'vitamin_c', 'vitamin_d', 'vitamin_b12', 'folate', 'omega3', 'sodium', 'saturated']
const LEAST_REACHED = 3

export function sheetOf(parts: Parts): Sheet {
  const { report, language, words, name, remark, notes } = parts
  const w = words.report
  const one = report.from === report.to
  const period = one ? w.ofDay(fullDate(report.from, language)) : w.ofDays(fullDate(report.from, language), fullDate(report.to, language))
  const averages = one ? (report.complete_days > 0 ? w.facts.oneDayComplete : w.facts.oneDayOpen) : report.averaged_days > 0 ? w.facts.over(report.averaged_days) : w.facts.noneComplete
  const facts: [string, string][] = [
    [w.facts.period, period],
    [w.facts.complete, w.facts.days(report.days, report.logged_days, report.complete_days)],
    [w.facts.averages, averages],
  ]
  const find = new Finder(parts)
  const sections = [
    ...(remark.trim() === '' ? [] : [{ key: 'remark', title: w.remarkTitle, headings: [], rows: [], text: remark.trim().split(/\n+/) }]),
    ...(report.averaged_days === 0
      ? [{ key: 'nothing', title: w.nutrients, headings: [], rows: [], text: [report.logged_days === 0 ? w.nothing : w.facts.noneComplete] }]
      : [find.energy(), find.macros(), find.highlighted(), find.scores(), ...(parts.full ? [find.nutrients()] : []), find.balances()].filter((section) => section !== null)),
    find.measures(),
    ...(notes.length === 0
      ? []
      : [{ key: 'notes', title: w.notes, headings: [], rows: [], text: notes.map(({ date, time, text }) => `${fullDate(date, language)}, ${time}: ${text.replace(/\s+/g, ' ')}`) }]),
  ].filter((section) => section !== null)
  return { title: w.sheetTitle, name: name.trim(), facts, sections, foot: w.made(fullDate(parts.made, language)) }
}

class Finder {
  readonly #parts: Parts
  readonly #lines: ReadonlyMap<string, ReportLine>
  readonly #nutrients: ReadonlyMap<string, Nutrient>

  constructor(parts: Parts) {
    this.#parts = parts
    this.#lines = new Map(parts.report.nutrients.map((line) => [line.nutrient, line]))
    this.#nutrients = new Map(parts.groups.flatMap(({ rows }) => rows.map(({ nutrient }) => [nutrient.key, nutrient])))
  }

  get #words() {
    return this.#parts.words.report
  }

  #percent(share: number | null | undefined): string {
    return share === null || share === undefined ? '' : numberFormat(this.#parts.language, { style: 'percent', maximumFractionDigits: 0 }).format(share)
  }

  #amount(nutrient: Nutrient, amount: number | null | undefined): string {
    return amount === null || amount === undefined ? this.#words.unknown : `${readable(amount, nutrient.decimals, this.#parts.language)} ${nutrient.unit}`
  }

  #bound(nutrient: Nutrient, bound: number | null | undefined): string {
    return bound === null || bound === undefined ? '' : this.#amount(nutrient, bound)
  }

  energy(): Section | null {
    const { report, language, energy } = this.#parts
    if (!energy) return null
    const w = this.#words
    const { eaten_kcal: eaten, target_kcal: target, spent_kcal: spent } = report.energy
    const row = (name: string, kcal: number | null | undefined): Row[] => (kcal === null || kcal === undefined ? [] : [{ cells: [name, `${whole(energy.of(kcal), language)} ${energy.unit}`] }])
    const rows = [...row(w.eaten, eaten), ...row(w.spent, spent), ...row(w.target, target)]
    if (typeof eaten === 'number' && typeof target === 'number' && target > 0) rows.push(...row(w.difference, target - eaten), { cells: [w.ofTarget, this.#percent(eaten / target)] })
    return rows.length === 0 ? null : { key: 'energy', title: w.energy, headings: [{ text: w.energy }, { text: w.perDay, number: true }], rows }
  }

  macros(): Section {
    const w = this.#words
    const aims = this.#parts.report.macronutrients.some(({ nutrient }) => typeof this.#lines.get(nutrient)?.min === 'number')
    const rows = this.#parts.report.macronutrients.flatMap(({ nutrient: key, amount, share }): Row[] => {
      const nutrient = this.#nutrients.get(key)
      if (!nutrient || (key === 'alcohol' && amount < 0.05)) return []
      const line = this.#lines.get(key)
      return [{ cells: [this.#parts.nameOf(nutrient), this.#amount(nutrient, amount), this.#percent(share), ...(aims ? [this.#bound(nutrient, line?.min), this.#percent(line?.of_min)] : [])] }]
    })
    const headings = [w.nutrient, w.perDay, w.ofEnergy, ...(aims ? [w.target, w.ofTarget] : [])]
    return { key: 'macros', title: w.macros, why: w.ofEnergyWhy, headings: headings.map((text, at) => ({ text, number: at > 0 })), rows }
  }

  highlighted(): Section | null {
    const w = this.#words
    const chosen = this.#parts.report.highlighted
    const keys = chosen && chosen.length > 0 ? chosen : USUAL
    const rows = keys.flatMap((key): Row[] => {
      const [nutrient, line] = [this.#nutrients.get(key), this.#lines.get(key)]
      return nutrient && line ? [{ cells: this.#cells(nutrient, line) }] : []
    })
    const why = chosen && chosen.length > 0 ? w.highlightedWhy : w.highlightedUsual
    return rows.length === 0 ? null : { key: 'highlighted', title: w.highlighted, why, headings: this.#headings(), rows }
  }

  scores(): Section | null {
    const w = this.#words
    const { scores } = this.#parts.report
    if (!scores) return null
    if (scores.length === 0) return { key: 'scores', title: w.scores, headings: [], rows: [], text: [w.noTargets] }
    const rows = scores.map(({ key, share, confidence, parts }): Row => {
      const least = parts.filter((part) => typeof part.share === 'number' && part.share < 1).slice(0, LEAST_REACHED)
      const named = least.flatMap((part) => {
        const nutrient = this.#nutrients.get(part.nutrient)
        return nutrient ? [`${this.#parts.nameOf(nutrient)} ${this.#percent(part.share)}`] : []
      })
      return { cells: [w.scoreNames[key] ?? key, typeof share === 'number' ? this.#percent(share) : w.unknown, this.#percent(confidence), named.join(', ')] }
    })
    return { key: 'scores', title: w.scores, why: `${w.scoresWhy} ${w.scoresSource}`, headings: [{ text: w.scores }, { text: w.score, number: true }, { text: w.confidence, number: true }, { text: w.leastReached }], rows }
  }

  nutrients(): Section {
    const w = this.#words
    const rows = this.#parts.groups.flatMap(({ name, rows }): Row[] => {
      const lines = rows.flatMap(({ nutrient, depth }): Row[] => {
        const line = this.#lines.get(nutrient.key)
        return line ? [{ cells: this.#cells(nutrient, line), part: depth > 0 }] : []
      })
      return lines.length === 0 ? [] : [{ cells: [name], group: true }, ...lines]
    })
    return { key: 'nutrients', title: w.nutrients, why: w.coverageWhy, headings: this.#headings(), rows }
  }

  #headings(): Heading[] {
    const w = this.#words
    const { report } = this.#parts
    const aims = report.nutrients.some(({ min, max }) => typeof min === 'number' || typeof max === 'number')
    return [w.nutrient, w.perDay, ...(report.from === report.to ? [] : [w.days]), w.known, ...(aims ? [w.target, w.ofTarget, w.limit, w.ofLimit] : [])].map((text, at) => ({ text, number: at > 0 }))
  }

  #cells(nutrient: Nutrient, line: ReportLine): string[] {
    const w = this.#words
    const { report, energy } = this.#parts
    const aims = this.#headings().length > (report.from === report.to ? 3 : 4)
    const isEnergy = nutrient.key === 'energy'
    const shown = isEnergy && energy ? { ...nutrient, unit: energy.unit } : nutrient
    const amount = isEnergy && energy && typeof line.amount === 'number' ? energy.of(line.amount) : line.amount
    const known = line.foods > 0 ? w.knownOf(line.known, line.foods) : ''
    return [
      this.#parts.nameOf(nutrient),
      this.#amount(shown, amount),
      ...(report.from === report.to ? [] : [line.days > 0 ? String(line.days) : '']),
      known,
      ...(aims ? [this.#bound(nutrient, line.min), this.#percent(line.of_min), this.#bound(nutrient, line.max), this.#percent(line.of_max)] : []),
    ]
  }

  balances(): Section | null {
    const w = this.#words
    const { report, language, nameOf } = this.#parts
    const found = balancesOf(report, { language, words: w, find: (key) => this.#nutrients.get(key), nameOf })
    const rows = found.map(({ name, found: ratio, rule, source }) => ({ cells: [name, ratio, rule, source] }))
    return { key: 'balances', title: w.balances, why: w.balancesWhy, headings: [{ text: w.balance }, { text: w.ratio, number: true }, { text: w.rule, number: true }, { text: w.source }], rows }
  }

  measures(): Section | null {
    const w = this.#words
    const { measured, language, weight, words } = this.#parts
    const found = new Map<string, Measured[]>()
    for (const point of measured) found.set(point.measure, [...(found.get(point.measure) ?? []), point])
    const rows = [...found].flatMap(([key, points]): Row[] => {
      const isWeight = key === 'weight'
      const last = points.at(-1)
      if (!last || (isWeight && !weight)) return []
      const of = (value: number) => (isWeight && weight ? weight.of(value) : value)
      const unit = isWeight && weight ? weight.unit : (words.body.units[last.canonical.unit] ?? last.canonical.unit)
      const figure = (value: number) => numberFormat(language, { maximumFractionDigits: 1 }).format(of(value))
      const firsts = points.map(({ canonical }) => canonical.value)
      const seconds = points.flatMap(({ canonical }) => (typeof canonical.second === 'number' ? [canonical.second] : []))
      const pair = (work: (all: number[]) => number) => `${figure(work(firsts))}${seconds.length > 0 ? `/${figure(work(seconds))}` : ''}`
      const mean = (all: number[]) => all.reduce((sum, value) => sum + value, 0) / all.length
      return [
        {
          cells: [
            last.name ?? words.body.measures[key] ?? key,
            `${pair((all) => all.at(-1) ?? NaN)} ${unit} (${fullDate(last.date, language)})`,
            `${pair(mean)} ${unit}`,
            `${pair((all) => Math.min(...all))} – ${pair((all) => Math.max(...all))}`,
            String(points.length),
          ],
        },
      ]
    })
    if (rows.length === 0) return null
    return { key: 'measures', title: w.measures, headings: [w.measure, w.last, w.mean, w.range, w.count].map((text, at) => ({ text, number: at > 0 })), rows }
  }
}
