interface Metric {
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  /** names of its labels; each takes few values, none of them a caller's */
  readonly labels: readonly string[]
  /** upper bounds, for a histogram */
  readonly buckets?: readonly number[]
}

/**
 * Every metric of the service, besides those of its process. Names follow the conventions of Prometheus and, for HTTP,
 * of OpenTelemetry; a dispatch is what a worker gets at once.
 */
export const metricTable = {
  http_server_request_duration_seconds: {
    type: 'histogram',
    help: 'Time from the headers of a request to the end of its answer; its count is that of the requests. A route is a pattern, or none; 499 is a client that hung up.',
    labels: ['http_request_method', 'http_route', 'http_response_status_code'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
  },
  ner_requests_rejected_total: {
    type: 'counter',
    help: 'Requests that were refused (4xx, 503), by the code of their problem document.',
    labels: ['reason']
  },
  ner_requests_failed_total: {
    type: 'counter',
    help: 'Requests that were taken on and failed (500, 504), by the code of their problem document.',
    labels: ['reason']
  },
  ner_requests_dropped_total: {
    type: 'counter',
    help: 'Requests whose client hung up before the answer.',
    labels: []
  },
  ner_documents_total: {
    type: 'counter',
    help: 'Documents of answered requests: recognized, or the code of what was wrong with one of a batch.',
    labels: ['outcome']
  },
  ner_entities_total: {
    type: 'counter',
    help: 'Entities in answers.',
    labels: ['label']
  },
  ner_entity_confidence_total: {
    type: 'counter',
    help: 'Sum of the confidences of the entities in answers; divided by ner_entities_total, their mean.',
    labels: ['label']
  },
  ner_sentences_total: {
    type: 'counter',
    help: 'Sentences that workers read.',
    labels: []
  },
  ner_sentences_cut_total: {
    type: 'counter',
    help: 'Sentences in answers that were read in parts, since no end was found for long.',
    labels: []
  },
  ner_tokens_total: {
    type: 'counter',
    help: 'Tokens that workers read.',
    labels: []
  },
  ner_oov_tokens_total: {
    type: 'counter',
    help: 'Tokens that workers read and that are no word of the vocabulary.',
    labels: []
  },
  ner_cells_total: {
    type: 'counter',
    help: 'Cells of the input of the network; those that are no token are padding and separators.',
    labels: []
  },
  ner_queue_depth: {
    type: 'gauge',
    help: 'Texts, or parts of long ones, that wait for a worker.',
    labels: []
  },
  ner_queue_tokens: {
    type: 'gauge',
    help: 'About how many tokens wait for a worker.',
    labels: []
  },
  ner_queue_predicted_wait_seconds: {
    type: 'gauge',
    help: 'How long a note that came now would wait, as the service predicts it.',
    labels: []
  },
  ner_queue_wait_seconds: {
    type: 'histogram',
    help: 'Longest wait of a text of a request for a worker, also where it ended at the deadline.',
    labels: [],
    buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
  },
  ner_dispatch_texts: {
    type: 'histogram',
    help: 'Texts, or parts of long ones, that a worker got at once.',
    labels: [],
    buckets: [1, 2, 4, 8, 16, 32, 64, 128]
  },
  ner_dispatch_tokens: {
    type: 'histogram',
    help: 'Tokens that a worker got at once.',
    labels: [],
    buckets: [64, 128, 256, 512, 1024, 2048, 4096, 8192]
  },
  ner_stage_duration_seconds: {
    type: 'histogram',
    help: 'Time that a worker spent on a stage of a dispatch: pipeline, inference or decoding.',
    labels: ['stage'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1]
  },
  ner_workers: {
    type: 'gauge',
    help: 'Worker processes that are ready, and those that are starting or being replaced.',
    labels: ['state']
  },
  ner_worker_restarts_total: {
    type: 'counter',
    help: 'Worker processes that ended without having been asked to; each is replaced.',
    labels: []
  },
  ner_worker_resident_memory_bytes: {
    type: 'gauge',
    help: 'Physical memory of each worker process, what it shares with others included.',
    labels: ['worker']
  },
  ner_log_lines_lost_total: {
    type: 'counter',
    help: 'Lines of the log that are lost, since the output took none and 8 MiB of them waited.',
    labels: []
  },
  ner_model_info: {
    type: 'gauge',
    help: 'The model that is served; always 1.',
    labels: ['name', 'version', 'sha256']
  }
} as const satisfies Record<string, Metric>

type Table = typeof metricTable
export type MetricName = keyof Table

/** Names of the metrics of a type. */
export type NameOf<Type extends Metric['type']> = {
  [Name in MetricName]: Table[Name]['type'] extends Type ? Name : never
}[MetricName]

/** A value for each label of a metric. */
export type LabelsOf<Name extends MetricName> = Readonly<
  Record<Table[Name]['labels'][number], string | number>
>
