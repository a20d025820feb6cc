FROM longhaul-standin:1
COPY versitygw /usr/local/bin/
