# Clinical NER service. Build and run:
#   docker build -t ner-jsl .
#   docker run --rm --read-only -p 127.0.0.1:8080:8080 --stop-timeout 65 ner-jsl
#
# In a container the service can only listen on every address: what is published, and to whom, decides who reaches it.
# It warns at its start until it asks for credentials (NER_API_KEYS_FILE, NER_JWT_JWKS) or is told that it need not
# (NER_ALLOW_ANONYMOUS=true). That is for whoever runs the image to say, so the image does not.
#
# glibc, not Alpine: onnxruntime-node ships binaries for glibc 2.28 and later only, none for musl.
# The one download of the build is from the npm registry. Without a Dockerfile frontend of its own ("# syntax="),
# so that it builds where only the base image and the registry can be reached; for a mirror or a digest:
#   --build-arg NODE_IMAGE=registry.example/node:24-bookworm-slim
# RUN lines use paths relative to WORKDIR, so that .ci/image-steps can run them where there is no Docker.
ARG NODE_IMAGE=node:24-bookworm-slim

FROM ${NODE_IMAGE} AS deps
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# --ignore-scripts: the post-install script of onnxruntime-node downloads CUDA files, which the service does not use.
RUN npm ci --ignore-scripts

FROM deps AS build
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN node src/build.mjs

# From deps for its npm cache: what the service needs is not downloaded twice.
FROM deps AS production
RUN npm ci --omit=dev --ignore-scripts --prefer-offline
# onnxruntime-node carries the binaries of five platforms, about 250 MB. Loading it proves that the right one stayed.
RUN find node_modules/onnxruntime-node/bin -mindepth 3 -maxdepth 3 ! -path "*/linux/$(node -p process.arch)" \
      -exec rm -rf {} + \
    && node -e "require('onnxruntime-node')"

# A checkout made under a strict umask must not yield files that the runtime user cannot read.
FROM ${NODE_IMAGE} AS content
WORKDIR /app
COPY package.json LICENSE* ./
COPY models ./models
RUN chmod -R a+rX,go-w .

FROM ${NODE_IMAGE} AS runtime
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080
WORKDIR /app
# Everything belongs to root and nothing is written at run time: a read-only root filesystem needs no volume.
# What changes least often comes first; a new model is one new layer.
COPY --from=production /app/node_modules ./node_modules
COPY --from=content /app/package.json /app/LICENSE* ./
COPY --from=build /app/dist ./dist
COPY --from=content /app/models ./models
# The user "node" of the base image, as a number: Kubernetes can check runAsNonRoot only on a number.
USER 1000:1000
EXPOSE 8080
# Docker has one health state, and orchestrators use it both to wait for the start and to replace what is unhealthy.
# /readyz would be wrong: it says 503 while one worker is replaced and while the service drains, and a restart would
# then end the requests under way. /livez would be wrong: it says 200 before a model is loaded. /startupz is 503
# until every worker has been ready once, and from then on says, like /livez, that the process answers.
# With TLS the certificate is not checked: it is that of the service's public name, not of the loopback address.
# Kubernetes ignores HEALTHCHECK: give it the three probes themselves.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "const { NER_TLS_CERT_FILE: cert = 'none', PORT: port } = process.env; const end = (code) => process.exit(code); require(cert === 'none' ? 'http' : 'https').get({ host: '127.0.0.1', port, path: '/startupz', rejectUnauthorized: false, timeout: 4000 }, ({ statusCode }) => end(statusCode === 200 ? 0 : 1)).on('timeout', () => end(1)).on('error', () => end(1))"]
# The exec form: node itself gets SIGTERM, and drains. It may take NER_DRAIN_DELAY_MS + NER_DRAIN_TIMEOUT_MS (60 s by
# default), more than the 10 s after which Docker kills: stop with --stop-timeout 65, or set the variables lower.
# No init process: node reaps its workers, and each of them the one process that it starts (chrt, at its own start).
STOPSIGNAL SIGTERM
CMD ["node", "dist/server.js"]
# Last, since they change with every commit and would renew the layers after them.
ARG VERSION=unspecified
ARG REVISION=unspecified
LABEL org.opencontainers.image.title="ner-jsl" \
      org.opencontainers.image.description="Clinical named entity recognition as a REST service" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
