// Before the runtime is loaded: imports are evaluated in their order.
import './no-telemetry.ts'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import type { Emissions, PackedBatch } from '../tensors.ts'

const inputs = ['word_ids', 'character_ids', 'forms', 'lengths']
const outputs = ['emissions']

/** The network of a model folder on one thread; the only user of the ONNX runtime. */
export class NetworkSession {
  readonly #session: InferenceSession
  readonly #tags: number

  private constructor(session: InferenceSession, tags: number) {
    this.#session = session
    this.#tags = tags
  }

  /** @throws Error when the file is not a network with our inputs and outputs */
  static async open(path: string, tags: number): Promise<NetworkSession> {
    const session = await InferenceSession.create(path, {
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      graphOptimizationLevel: 'all',
      logSeverityLevel: 3
    }).catch((cause: unknown) => {
      // The runtime's own message holds paths of this machine.
      throw new Error('model.onnx of the model folder cannot be loaded', { cause })
    })
    if (session.inputNames.join() !== inputs.join() || session.outputNames.join() !== outputs.join()) {
      throw new Error(
        `the network does not have the inputs ${inputs.join(', ')} and the output ${outputs.join()}`
      )
    }
    return new NetworkSession(session, tags)
  }

  /**
   * Runs a batch of at least one row of at least one token: the runtime aborts the process on an empty one.
   * Blocks its thread.
   */
  async run(batch: PackedBatch): Promise<Emissions> {
    const { rows, time, formCount, characters } = batch
    if (rows === 0 || time === 0) throw new Error('An empty batch reached the network. This is a bug.')
    const { emissions } = await this.#session.run({
      word_ids: new Tensor('int32', batch.wordIds, [formCount]),
      character_ids: new Tensor('int32', batch.characterIds, [formCount, characters]),
      forms: new Tensor('int32', batch.forms, [rows, time]),
      lengths: new Tensor('int32', batch.lengths, [rows])
    })
    if (emissions.dims.join() !== [rows, time, this.#tags].join()) {
      throw new Error(`The network answered with the shape ${emissions.dims.join()}. This is a bug.`)
    }
    return { values: emissions.data as Float32Array, time }
  }

  async close(): Promise<void> {
    await this.#session.release()
  }
}
