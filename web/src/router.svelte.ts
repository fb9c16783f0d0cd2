// Which page is shown. Paths name pages only: no day, no food and no other content stands in an address,
// so that none is left in a browser's history or a server's log.

export const PATHS = ['/', '/trends', '/report', '/sources', '/gap', '/foods', '/profile', '/security', '/sharing', '/studies', '/research', '/invitation', '/join', '/practice', '/line', '/body', '/targets', '/settings', '/sign-in', '/sign-up', '/recover'] as const
export type Path = (typeof PATHS)[number]

/** Pages for people who are not signed in. */
export const OUTSIDE: ReadonlySet<Path> = new Set<Path>(['/sign-in', '/sign-up', '/recover'])
/** Pages for everybody. */
export const ANYWHERE: ReadonlySet<Path> = new Set<Path>(['/invitation', '/join'])

function known(path: string): Path {
  return PATHS.find((each) => each === path) ?? '/'
}

let current = $state<Path>(known(location.pathname))

export function path(): Path {
  return current
}

export function go(to: Path): void {
  if (to === current) return
  history.pushState(null, '', to)
  current = to
  scrollTo(0, 0)
}

/** Goes there without leaving a step back: for pages that stepped in front of another. */
export function replace(to: Path): void {
  if (location.pathname !== to) history.replaceState(null, '', to)
  current = to
}

/** Makes links to our own pages change the page in place. Returns what stops that. */
export function followLinks(): () => void {
  const back = () => (current = known(location.pathname))
  const click = (event: MouseEvent) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null
    const aside = event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey
    if (!link || aside || event.defaultPrevented || link.target || link.hasAttribute('download')) return
    if (link.origin !== location.origin || !PATHS.some((each) => each === link.pathname) || link.hash) return
    event.preventDefault()
    go(known(link.pathname))
  }
  addEventListener('popstate', back)
  document.addEventListener('click', click)
  return () => {
    removeEventListener('popstate', back)
    document.removeEventListener('click', click)
  }
}
