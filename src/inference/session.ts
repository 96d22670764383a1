// Before the runtime is loaded: imports are evaluated in their order.
import './no-telemetry.ts'
import { basename } from 'node:path'
import { InferenceSession, Tensor } from 'onnxruntime-node'

/** Numbers in row-major order. */
export interface Values<Numbers = Int32Array | Float32Array> {
  readonly values: Numbers
  readonly shape: readonly number[]
}

/** A graph with one output of floats, on one thread; the only user of the ONNX runtime. */
export class Session {
  readonly #session: InferenceSession
  readonly #output: string

  private constructor(session: InferenceSession, output: string) {
    this.#session = session
    this.#output = output
  }

  /** @throws Error when the file is no graph with these inputs and this output */
  static async open(path: string, inputs: readonly string[], output: string): Promise<Session> {
    const session = await InferenceSession.create(path, {
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      graphOptimizationLevel: 'all',
      logSeverityLevel: 3
    }).catch((cause: unknown) => {
      // The runtime's own message holds paths of this machine.
      throw new Error(`${basename(path)} of the model folder cannot be loaded`, { cause })
    })
    if (session.inputNames.join() !== inputs.join() || session.outputNames.join() !== output) {
      throw new Error(
        `${basename(path)} does not have the inputs ${inputs.join(', ')} and the output ${output}`
      )
    }
    return new Session(session, output)
  }

  /** Blocks its thread. The runtime aborts the process when a shape has a 0 in it. */
  async run(inputs: Readonly<Record<string, Values>>): Promise<Values<Float32Array>> {
    const feeds = Object.fromEntries(
      Object.entries(inputs).map(([name, { values, shape }]) => [
        name,
        values instanceof Int32Array
          ? new Tensor('int32', values, shape)
          : new Tensor('float32', values, shape)
      ])
    )
    const { dims, data } = (await this.#session.run(feeds))[this.#output]
    return { values: data as Float32Array, shape: dims }
  }

  async close(): Promise<void> {
    await this.#session.release()
  }
}
