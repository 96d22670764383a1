import { existsSync } from 'node:fs'

/** The Chromium of the system: the one that CHROMIUM_PATH names, else where distributions put it. */
export const chromiumPath = (
  process.env.CHROMIUM_PATH !== undefined
    ? [process.env.CHROMIUM_PATH]
    : [
        '/usr/bin/chromium',
        '/usr/bin/chromium-browser',
        '/usr/bin/google-chrome',
        '/usr/bin/google-chrome-stable'
      ]
).find(path => existsSync(path))
