FROM debian:12.12-slim
RUN groupadd -g 101 nginx 2>/dev/null || true; useradd -u 101 -g 101 -M -d /nonexistent -s /bin/false nginx || true; \
    apt-get update -q && apt-get install -y -q --no-install-recommends nginx-light busybox \
    && ln -s /bin/busybox /usr/local/bin/wget && rm -rf /var/lib/apt/lists/*
USER 101
