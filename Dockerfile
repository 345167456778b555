# syntax=docker/dockerfile:1
# The controller as one file on a Node without a shell or a package manager. What is copied is JavaScript: the image is made
# for any platform that the runtime image has, by
#   docker buildx build --platform linux/amd64,linux/arm64 --tag <registry>/gpu-provisioner:<version> --push .
# A release pins both images by digest: --build-arg RUNTIME_IMAGE=gcr.io/distroless/nodejs24-debian13@sha256:...
ARG BUILD_IMAGE=docker.io/library/node:24-trixie-slim
ARG RUNTIME_IMAGE=gcr.io/distroless/nodejs24-debian13:nonroot

# On the machine that builds, whatever the platform of the image.
FROM --platform=$BUILDPLATFORM ${BUILD_IMAGE} AS build
WORKDIR /source
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY hack/build.ts hack/build.ts
COPY hack/build hack/build
COPY src src
RUN npm run build && npm run --silent sbom -- --omit optional > dist/sbom.cdx.json

FROM ${RUNTIME_IMAGE}
ARG VERSION
ARG REVISION
LABEL org.opencontainers.image.title="gpu-provisioner" \
      org.opencontainers.image.description="Turns Machines into GPU nodes on Azure Kubernetes Service" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY LICENSE /app/LICENSE
COPY --from=build /source/dist/LICENSES.txt /app/LICENSES.txt
COPY --from=build /source/dist/sbom.cdx.json /app/sbom.cdx.json
# With this name Node takes it for an ES module, without a package.json beside it.
COPY --from=build /source/dist/main.js /app/main.mjs
ENV NODE_ENV=production
EXPOSE 8080 8081
# The same as distroless' nonroot and the chart's runAsUser; by number, so that Kubernetes can tell that it is not root.
USER 65532:65532
ENTRYPOINT ["/nodejs/bin/node", "/app/main.mjs"]
