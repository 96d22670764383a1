/** Light or dark as the system has it, until the reader turns it over; that lasts as long as the page. */
export function createTheme(button: HTMLButtonElement): void {
  const system = matchMedia('(prefers-color-scheme: dark)')
  const root = document.documentElement
  const isDark = (): boolean => (root.dataset.theme ? root.dataset.theme === 'dark' : system.matches)
  const draw = (): void => button.setAttribute('aria-pressed', String(isDark()))
  button.addEventListener('click', () => {
    root.dataset.theme = isDark() ? 'light' : 'dark'
    draw()
  })
  system.addEventListener('change', draw)
  draw()
}
