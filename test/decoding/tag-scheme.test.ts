import { describe, expect, test } from 'vitest'
import { beginTag, insideTag, iob2, labelOf, OUTSIDE } from '../../src/decoding/tag-scheme.ts'
import { loadModel } from '../../src/model/load-model.ts'
import { tagNames } from '../helpers/crf-enumeration.ts'
import { modelFolder } from '../helpers/model-folder.ts'

describe('IOB2', () => {
  test.each([1, 3, 32])('over %i labels numbers O, then all B-, then all I-', labels => {
    const scheme = iob2(labels)
    const names = tagNames(labels)
    expect(scheme).toEqual({ labels, tags: names.length, free: names.indexOf('I-0') })
    expect(names[OUTSIDE]).toBe('O')
    for (let label = 0; label < labels; label++) {
      expect(names[beginTag(label)]).toBe(`B-${label}`)
      expect(names[insideTag(scheme, label)]).toBe(`I-${label}`)
      expect(labelOf(scheme, beginTag(label))).toBe(label)
      expect(labelOf(scheme, insideTag(scheme, label))).toBe(label)
    }
  })

  test('is the order of the tags of the model', async () => {
    const { tags, manifest } = await loadModel(modelFolder)
    const scheme = iob2(manifest.labels.length)
    expect(scheme.tags).toBe(tags.length)
    manifest.labels.forEach((name, label) => {
      expect(tags[beginTag(label)]).toBe(`B-${name}`)
      expect(tags[insideTag(scheme, label)]).toBe(`I-${name}`)
    })
  })
})
