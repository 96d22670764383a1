/** Files that every model folder has; the manifest names their sizes and digests. */
export const modelFiles = [
  'forms.onnx',
  'rows.onnx',
  'embeddings.bin',
  'words.txt',
  'chars.txt',
  'tags.txt',
  'crf.json'
] as const
export type ModelFile = (typeof modelFiles)[number]
