# The machine's Go is mounted at /usr/local/go.
FROM debian:12.12-slim
ENV PATH=/usr/local/go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin GOTOOLCHAIN=local
