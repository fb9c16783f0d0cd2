// Moments of a fast: between the server's instants and the fields of a form, whatever the clocks did.

const two = (n: number) => String(n).padStart(2, '0')

/** An instant as a `datetime-local` field has it, on the clock of this device. */
export function toField(instant: string | Date): string {
  const at = new Date(instant)
  return `${String(at.getFullYear()).padStart(4, '0')}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`
}

/** The instant that a field means; null while it is empty or none. */
export function fromField(text: string): Date | null {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(text)) return null
  const at = new Date(text)
  return Number.isNaN(at.getTime()) ? null : at
}

/** Hours between two instants: the time that passed, not what the clocks say. */
export function hoursBetween(from: string | Date, to: string | Date): number {
  return (new Date(to).getTime() - new Date(from).getTime()) / 3_600_000
}

/** "16:05", hours and minutes. */
export function clockOf(hours: number): string {
  const minutes = Math.max(0, Math.floor(hours * 60 + 1e-6))
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}`
}

/** A moment on the clock of its own zone; a zone that the browser does not know is shown on the device's. */
export function momentIn(instant: string, zone: string, language: string): string {
  const options = { dateStyle: 'medium', timeStyle: 'short' } as const
  try {
    return new Intl.DateTimeFormat(language, { ...options, timeZone: zone }).format(new Date(instant))
  } catch {
    return new Intl.DateTimeFormat(language, options).format(new Date(instant))
  }
}

/** The place that a zone is named for: "New York". */
export function placeOf(zone: string): string {
  return (zone.split('/').at(-1) ?? zone).replaceAll('_', ' ')
}
