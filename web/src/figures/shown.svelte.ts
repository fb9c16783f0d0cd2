// How energy and weight are shown to who looks: in their units, and not at all in calm mode.
//
// Everything that shows one of these goes through here.

import { settings } from '../settings/settings.svelte'
import { brief, whole } from './amounts'
import { KG_PER_POUND, KJ_PER_KCAL } from './units'

class Shown {
  /** Energy and weight have no figures. */
  get calm(): boolean {
    return settings.calm
  }

  get energyUnit(): 'kcal' | 'kJ' {
    return settings.own.energy === 'kj' ? 'kJ' : 'kcal'
  }

  /** A number of the unit that is shown. */
  energyNumber(kcal: number): number {
    return settings.own.energy === 'kj' ? kcal * KJ_PER_KCAL : kcal
  }

  /** The figure without its unit. */
  energy(kcal: number, language: string): string {
    return whole(this.energyNumber(kcal), language)
  }

  /** What a number in the unit that is shown is in kilocalories. */
  kcalOf(energy: number): number {
    return settings.own.energy === 'kj' ? energy / KJ_PER_KCAL : energy
  }

  /** Whether a nutrient has no figures. */
  hides(nutrient: string): boolean {
    return this.calm && nutrient === 'energy'
  }

  /** The unit that an amount of a nutrient is shown in. */
  unitOf({ key, unit }: { key: string; unit: string }): string {
    return key === 'energy' ? this.energyUnit : unit
  }

  /** A number of that unit. */
  numberOf(nutrient: string, amount: number): number {
    return nutrient === 'energy' ? this.energyNumber(amount) : amount
  }

  get weightUnit(): 'kg' | 'lb' {
    return settings.own.units === 'us' ? 'lb' : 'kg'
  }

  weightNumber(kg: number): number {
    return settings.own.units === 'us' ? kg / KG_PER_POUND : kg
  }

  /** The figure without its unit. */
  weight(kg: number, language: string): string {
    return brief(this.weightNumber(kg), language, 1)
  }

  /** What a number in the unit that is shown is in kilograms. */
  kgOf(weight: number): number {
    return settings.own.units === 'us' ? weight * KG_PER_POUND : weight
  }
}

export const shown = new Shown()
