# syntax=docker/dockerfile:1
# MinIO is published as source; this builds the version that the tests run against (scripts/setup.sh).
FROM golang:1.26-bookworm AS build
RUN CGO_ENABLED=0 GOBIN=/out go install -trimpath -ldflags "-s -w" \
    github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c && mkdir -p /out/data

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates curl && rm -rf /var/lib/apt/lists/*
COPY --from=build /out/minio /usr/local/bin/minio
COPY --from=build --chown=65532:65532 /out/data /data
ENV HOME=/tmp
USER 65532:65532
VOLUME /data
EXPOSE 9000
ENTRYPOINT ["minio", "server", "/data", "--address", ":9000"]
