# The image of Cornerman: dependencies and pages from hashed locks in stages of their own, then only what runs, as a user
# of its own. The first stages are the larger image of the same Python, because that one has strip; Node comes by pip.
FROM python:3.11-bookworm AS pages
WORKDIR /pages
COPY requirements-build.lock .
RUN python -m venv /node \
    && /node/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements-build.lock
COPY webapp_server/miniapp/package.json webapp_server/miniapp/package-lock.json ./
RUN PATH=/node/bin:$PATH npm ci --no-audit --no-fund
COPY webapp_server/miniapp .
RUN PATH=/node/bin:$PATH npm run build

FROM python:3.11-bookworm AS dependencies
WORKDIR /build
# Babel's numbers and dates of every language are a fifth of the image: those of actors/locales stay.
COPY requirements.lock .
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.lock \
    && rm -rf /venv/lib/python3.11/site-packages/pip /venv/bin/pip* \
    && find /venv -type d -name tests -prune -exec rm -rf {} + \
    && find /venv -path '*/babel/locale-data/*' ! -name 'root.dat' ! -name 'en*.dat' -delete \
    && find /venv -name '*.so' -exec strip --strip-debug {} +

FROM python:3.11-slim-bookworm
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DATA_DIR=/data HOST=0.0.0.0 PORT=8080
RUN useradd --system --uid 10001 --home-dir /data cornerman && install -d -o cornerman -g cornerman -m 0700 /data
COPY --from=dependencies /venv /venv
WORKDIR /app
COPY cornerman cornerman
COPY runtime runtime
COPY coaching coaching
COPY storage storage
COPY actors actors
COPY webapp_server webapp_server
COPY --from=pages /pages/dist webapp_server/miniapp/dist
COPY sandbox sandbox
COPY prompts prompts
COPY pipelines pipelines
COPY migrations migrations
COPY data data
USER cornerman
VOLUME /data
EXPOSE 8080
# Ready within a minute of the start, checked every half minute; the process itself ends on SIGTERM and drains first.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os,urllib.request as r; r.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/livez', timeout=4)"]
STOPSIGNAL SIGTERM
CMD ["python", "-m", "cornerman", "run"]
