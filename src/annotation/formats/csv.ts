import { toRecognized } from '../../recognition/recognized.ts'
import type { OffsetUnit } from '../../text.ts'
import type { Format } from './format.ts'

/** CSV (RFC 4180), one record an entity: a document without entities has none. */
export function csvFormat(unit: OffsetUnit): Format {
  return {
    include: [],
    header: 'id,start,end,label,confidence,text\r\n',
    write: ({ id, text }, analyzed) =>
      toRecognized(text, analyzed, unit)
        .entities.map(entity =>
          [
            quote(id),
            entity.start,
            entity.end,
            quote(entity.label),
            entity.confidence,
            quote(entity.text)
          ].join(',')
        )
        .map(record => `${record}\r\n`)
        .join('')
  }
}

function quote(value: string): string {
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value
}
