/** Those that the network's runtime reads. */
export const networkFiles = ['forms.onnx', 'rows.onnx', 'embeddings.bin'] as const
export const textFiles = ['words.txt', 'chars.txt', 'tags.txt', 'crf.json'] as const
/** Files that every model folder has; the manifest names their sizes and digests. */
export const modelFiles = [...networkFiles, ...textFiles] as const
export type ModelFile = (typeof modelFiles)[number]
export type TextFile = (typeof textFiles)[number]
