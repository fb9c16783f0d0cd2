import { describe, expect, test } from 'vitest'
import { spent } from './energy'
import { MEASURES, canBe, canonical, inUnit, measureOf, parseNumber } from './measures'
import { clockOf, fromField, hoursBetween, placeOf, toField } from './moments'

const of = (key: string) => {
  const measure = measureOf(key)
  if (!measure) throw new Error(key)
  return measure
}

describe('units', () => {
  test('values are what the tables say', () => {
    expect(canonical(of('weight'), 'lb', 150)).toBeCloseTo(68.0388555, 7)
    expect(canonical(of('weight'), 'st', 11)).toBeCloseTo(69.85322498, 7)
    expect(canonical(of('height'), 'in', 70)).toBeCloseTo(177.8, 9)
    expect(canonical(of('temperature'), '°F', 98.6)).toBeCloseTo(37, 9)
    expect(canonical(of('glucose'), 'mg/dL', 180.16)).toBeCloseTo(10, 9)
    expect(canonical(of('triglycerides'), 'mg/dL', 88.57)).toBeCloseTo(1, 9)
  })

  test('a value comes back from every unit', () => {
    for (const measure of MEASURES) {
      for (const { unit } of measure.scales) {
        for (const value of [measure.least, (measure.least + measure.most) / 2, measure.most]) {
          expect(canonical(measure, unit, inUnit(measure, unit, value))).toBeCloseTo(value, 6)
        }
      }
    }
  })

  test('slips of the finger are noticed in every unit', () => {
    expect(canBe(of('weight'), 'kg', 70)).toBe(true)
    expect(canBe(of('weight'), 'lb', 1500)).toBe(false)
    expect(canBe(of('weight'), 'kg', null)).toBe(false)
    expect(canBe(of('temperature'), '°F', 37)).toBe(false)
    expect(canBe(of('mood'), 'points', 2.5)).toBe(false)
    expect(canBe(of('steps'), 'steps', 120_000)).toBe(true)
  })

  test('numbers are read with a comma or a point', () => {
    expect(['70,5', ' 70.5 ', '-3', '.5', '1 200'].map(parseNumber)).toEqual([70.5, 70.5, -3, 0.5, 1200])
    expect(['', '-', '7o', '1e3', '1,2,3'].map(parseNumber)).toEqual([null, null, null, null, null])
  })
})

test('an activity takes MET × kg × h, and adds what is above rest', () => {
  expect(spent(4, 70, 60)).toEqual({ gross: 280, net: 210 })
  expect(spent(1, 70, 60).net).toBe(0)
})

describe('moments', () => {
  test('a field means the moment that it was made of', () => {
    const at = new Date(2026, 10, 23, 6, 5)
    expect(toField(at)).toBe('2026-11-23T06:05')
    expect(fromField(toField(at))?.getTime()).toBe(at.getTime())
    expect(fromField('')).toBeNull()
    expect(fromField('yesterday')).toBeNull()
  })

  test('what passed is counted, not what the clocks say', () => {
    // Berlin's clock went from two to three in between: the clocks say sixteen hours.
    expect(hoursBetween('2026-03-28T20:00:00+01:00', '2026-03-29T12:00:00+02:00')).toBe(15)
    expect(hoursBetween('2026-10-24T20:00:00+02:00', '2026-10-25T12:00:00+01:00')).toBe(17)
    expect(clockOf(16 + 5 / 60)).toBe('16:05')
    expect(clockOf(-1)).toBe('0:00')
    expect(placeOf('America/New_York')).toBe('New York')
  })
})
