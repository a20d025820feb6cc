FROM longhaul-standin:1 AS server
COPY temporal-server /usr/local/bin/
WORKDIR /etc/temporal
USER temporal

FROM longhaul-standin:1 AS admin-tools
COPY temporal-sql-tool /usr/local/bin/
COPY schema /etc/temporal/schema
USER temporal

FROM longhaul-standin:1 AS ui
WORKDIR /home/ui-server
COPY ui-server ./
COPY ui.yaml config/docker.yaml
USER temporal
ENTRYPOINT ["./ui-server", "--env", "docker", "start"]
