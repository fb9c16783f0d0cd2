// German, for measurements, activities and fasts.

import type { body as Body } from './en-body'

export const body: typeof Body = {
  title: 'Körper und Bewegung',
  units: { points: 'Punkte', steps: 'Schritte' },
  measures: {
    weight: 'Gewicht',
    height: 'Größe',
    body_fat: 'Körperfett',
    waist: 'Taille',
    hip: 'Hüfte',
    neck: 'Hals',
    chest: 'Brust',
    arm: 'Oberarm',
    thigh: 'Oberschenkel',
    blood_pressure: 'Blutdruck',
    pulse: 'Puls',
    oxygen_saturation: 'Sauerstoffsättigung',
    temperature: 'Temperatur',
    glucose: 'Glukose',
    ketones: 'Ketone',
    cholesterol_total: 'Cholesterin, gesamt',
    cholesterol_ldl: 'Cholesterin, LDL',
    cholesterol_hdl: 'Cholesterin, HDL',
    triglycerides: 'Triglyzeride',
    sleep: 'Schlaf',
    mood: 'Stimmung',
    steps: 'Schritte',
  },
  measurement: 'Messung',
  activity: 'Bewegung',
}
