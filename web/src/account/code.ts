// How a recovery code reads on paper.

/** The groups between the dashes. */
export function groupsOf(code: string): string[] {
  return code.split('-').filter((group) => group !== '')
}

/** The alphabet has no O, I and L; people write them all the same. */
function plain(text: string): string {
  return text.toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1')
}

/** Whether what was typed is the last group of the code, written in any of the ways that mean the same. */
export function isLastGroup(code: string, typed: string): boolean {
  const last = groupsOf(code).at(-1)
  return last !== undefined && plain(typed) === plain(last)
}
