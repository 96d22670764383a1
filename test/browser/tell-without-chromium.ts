import { chromiumPath } from '../helpers/chromium.ts'

/** Says once why the browser tests are skipped, where they are. */
export default function tellWithoutChromium(): void {
  if (chromiumPath) return
  process.stderr.write(
    'No Chromium here: the browser tests are skipped. CHROMIUM_PATH names one elsewhere.\n'
  )
}
