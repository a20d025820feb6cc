# The storage under a user of its own: a new volume gets the owner of the folder
# that it is mounted over.
FROM versity/versitygw:v1.8.0
USER 0
RUN mkdir -p /data /meta /accounts && chown 10002:10002 /data /meta /accounts
USER 10002:10002
