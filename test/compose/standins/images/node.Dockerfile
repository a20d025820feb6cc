# The machine's Node is mounted, and its certificates.
FROM debian:12.12-slim
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm && ln -s ../lib/node_modules/npm/bin/npx-cli.js /usr/local/bin/npx
ENV NODE_EXTRA_CA_CERTS=/machine-certificates.crt npm_config_cafile=/machine-certificates.crt
