# One image for api, worker, agent and the CLI; the command chooses which one runs.
FROM node:20.20-bookworm-slim AS web
WORKDIR /src/web
COPY web/package.json web/package-lock.json web/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY web/ ./
RUN npm run build

FROM golang:1.26.8-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
COPY third_party/ third_party/
COPY frontdoor/ frontdoor/
RUN go mod download
COPY . .
ARG VERSION=
ARG COMMIT=
RUN CGO_ENABLED=0 go build -trimpath -o /out/ \
    -ldflags="-s -w -X longhaul/internal/version.number=${VERSION} -X longhaul/internal/version.commit=${COMMIT}" \
    ./cmd/api ./cmd/worker ./cmd/agent ./cmd/longhaul

FROM debian:12.12-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates curl ffmpeg postgresql-client tini \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /var/lib/longhaul --create-home longhaul \
    && install -d -o longhaul /var/lib/longhaul/agent
COPY --from=build /out/ /usr/local/bin/
COPY --from=web /src/web/dist /usr/share/longhaul/web
ENV WEB_DIR=/usr/share/longhaul/web
USER 10001
WORKDIR /var/lib/longhaul
ENTRYPOINT ["tini", "--"]
CMD ["api"]
