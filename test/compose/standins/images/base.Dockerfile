# What the public images take from Alpine: nc and wget.
FROM debian:12.12-slim
RUN apt-get update -q && apt-get install -y -q --no-install-recommends busybox netcat-openbsd \
    && ln -s /bin/busybox /usr/local/bin/wget && rm -rf /var/lib/apt/lists/* \
    && groupadd -g 1000 temporal && useradd -u 1000 -g 1000 -M -d /nonexistent temporal
