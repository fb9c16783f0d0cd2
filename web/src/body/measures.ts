// What is measured of the body: the units of each measure, and its values between them.
//
// The server keeps what was typed and gives the canonical value beside it; this is for typing and showing. How a person wants them
// shown is in `figures`.

import { CM_PER_INCH, KG_PER_POUND } from '../figures/units'

/** A unit: the canonical value is `(typed - zero) × factor`. */
interface Scale {
  unit: string
  factor: number
  zero?: number
  decimals: number
}

export interface Measure {
  key: string
  /** The canonical unit first. */
  scales: readonly Scale[]
  /** The least and the most in the canonical unit. */
  least: number
  most: number
  isPair?: boolean
  /** Whole numbers only. */
  isCounted?: boolean
}

const mass: readonly Scale[] = [
  { unit: 'kg', factor: 1, decimals: 1 },
  { unit: 'lb', factor: KG_PER_POUND, decimals: 1 },
  { unit: 'st', factor: 14 * KG_PER_POUND, decimals: 2 },
]
const lengths: readonly Scale[] = [
  { unit: 'cm', factor: 1, decimals: 1 },
  { unit: 'in', factor: CM_PER_INCH, decimals: 1 },
]
const only = (unit: string, decimals: number): readonly Scale[] => [{ unit, factor: 1, decimals }]
const concentration = (mgPerMmol: number): readonly Scale[] => [
  { unit: 'mmol/L', factor: 1, decimals: 1 },
  { unit: 'mg/dL', factor: 1 / mgPerMmol, decimals: 0 },
]

const girth = (key: string, least = 10, most = 300): Measure => ({ key, scales: lengths, least, most })
const lipid = (key: string, least: number, most: number): Measure => ({ key, scales: concentration(38.67), least, most })

/** The measures that everybody has, in the order in which people look for them. */
export const MEASURES: readonly Measure[] = [
  { key: 'weight', scales: mass, least: 0.3, most: 650 },
  { key: 'body_fat', scales: only('%', 1), least: 1, most: 80 },
  { key: 'blood_pressure', scales: only('mmHg', 0), least: 40, most: 300, isPair: true },
  { key: 'pulse', scales: only('/min', 0), least: 20, most: 300 },
  { key: 'glucose', scales: concentration(18.016), least: 0.3, most: 80 },
  { key: 'temperature', scales: [{ unit: '°C', factor: 1, decimals: 1 }, { unit: '°F', factor: 5 / 9, zero: 32, decimals: 1 }], least: 25, most: 45 },
  { key: 'sleep', scales: only('h', 2), least: 0, most: 24 },
  { key: 'mood', scales: only('points', 0), least: 1, most: 5, isCounted: true },
  { key: 'steps', scales: only('steps', 0), least: 0, most: 200_000, isCounted: true },
  { key: 'height', scales: lengths, least: 20, most: 280 },
  girth('waist'),
  girth('hip'),
  girth('chest'),
  girth('neck', 5, 150),
  girth('arm', 5, 150),
  girth('thigh', 5, 150),
  { key: 'oxygen_saturation', scales: only('%', 0), least: 40, most: 100 },
  { key: 'ketones', scales: only('mmol/L', 1), least: 0, most: 30 },
  lipid('cholesterol_total', 0.5, 40),
  lipid('cholesterol_ldl', 0.1, 40),
  lipid('cholesterol_hdl', 0.1, 10),
  { key: 'triglycerides', scales: concentration(88.57), least: 0.1, most: 100 },
]
export const SECOND_LEAST = 20
export const SECOND_MOST = 200

export function measureOf(key: string): Measure | undefined {
  return MEASURES.find((measure) => measure.key === key)
}

export function isOwn(key: string): boolean {
  return key.startsWith('own:')
}

export function scaleOf(measure: Measure, unit: string): Scale | undefined {
  return measure.scales.find((scale) => scale.unit === unit)
}

/** A typed value in the canonical unit. */
export function canonical(measure: Measure, unit: string, typed: number): number {
  const scale = scaleOf(measure, unit)
  return scale ? (typed - (scale.zero ?? 0)) * scale.factor : typed
}

/** A canonical value in another unit of the measure. */
export function inUnit(measure: Measure, unit: string, value: number): number {
  const scale = scaleOf(measure, unit)
  return scale ? value / scale.factor + (scale.zero ?? 0) : value
}

/** A number as typed, with a comma or a point, perhaps below zero; null while it is none. */
export function parseNumber(text: string): number | null {
  const plain = text.trim().replace(/\s/g, '').replace('−', '-')
  if (!/^-?(\d+[.,]?\d*|[.,]\d+)$/.test(plain)) return null
  const number = Number(plain.replace(',', '.'))
  return Number.isFinite(number) && Math.abs(number) <= 1e9 ? number : null
}

/** Whether a typed value can be true. */
export function canBe(measure: Measure, unit: string, typed: number | null): boolean {
  if (typed === null) return false
  const value = canonical(measure, unit, typed)
  const slack = 1e-9 * measure.most
  return measure.least - slack <= value && value <= measure.most + slack && (!measure.isCounted || Number.isInteger(value))
}
