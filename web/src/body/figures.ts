// Measurements in figures: in the unit that the person has set, or as they were typed.

import { brief } from '../figures/amounts'
import { shown } from '../figures/shown.svelte'
import { locale, t } from '../messages/index.svelte'
import { settings } from '../settings/settings.svelte'
import { inUnit, measureOf, scaleOf, type Measure } from './measures'

/** The unit that the person has chosen for such measures. */
export function preferredUnit(measure: Measure): string {
  const first = measure.scales[0]?.unit ?? ''
  if (first === 'mmol/L' && measure.scales.length > 1) return settings.own.glucose === 'mg_dl' ? 'mg/dL' : first
  const us: Record<string, string> = { kg: 'lb', cm: 'in', '°C': '°F' }
  return settings.own.units === 'us' ? (us[first] ?? first) : first
}

/** Whether the figures of a measure are hidden. */
export function isHidden(key: string): boolean {
  return shown.calm && key === 'weight'
}

export function unitName(unit: string): string {
  return t().body.units[unit] ?? unit
}

/** What a measure is called; an own one brings its name along. */
export function measureName(key: string, name?: string | null): string {
  return name ?? t().body.measures[key] ?? t().body.measurement
}

interface Value {
  measure: string
  value: number
  second?: number | null
  unit: string
  canonical: { value: number; second?: number | null }
}

/** Two numbers as people write a blood pressure. */
const pair = (value: string, second: string | null) => (second === null ? value : `${value}/${second}`)

/** The figures of a measurement, as it was typed. */
export function typedFigures({ measure, value, second, unit }: Value): string {
  const decimals = measureOf(measure)?.scales.find((scale) => scale.unit === unit)?.decimals ?? 3
  // What was typed with more decimals is shown with them.
  const number = (of: number) => brief(of, locale(), Math.max(decimals, 2))
  return pair(number(value), typeof second === 'number' ? number(second) : null)
}

/** The figures of a measurement in the person's unit, and that unit. */
export function preferredFigures(point: Value): { figures: string; unit: string } {
  const measure = measureOf(point.measure)
  if (!measure) return { figures: typedFigures(point), unit: point.unit }
  const unit = preferredUnit(measure)
  if (unit === point.unit) return { figures: typedFigures(point), unit }
  const decimals = scaleOf(measure, unit)?.decimals ?? 1
  const number = (value: number) => brief(inUnit(measure, unit, value), locale(), decimals)
  const { value, second } = point.canonical
  return { figures: pair(number(value), typeof second === 'number' ? number(second) : null), unit }
}

/** The limits of a measure in a unit, in figures. */
export function limitsIn(measure: Measure, unit: string): string {
  const decimals = scaleOf(measure, unit)?.decimals ?? 1
  const number = (value: number) => brief(inUnit(measure, unit, value), locale(), decimals)
  return t().body.fromTo(number(measure.least), number(measure.most), unitName(unit))
}
