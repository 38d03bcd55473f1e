# The bot and nothing else: no sandbox, no tests, no compiler. Runs as an ordinary user on a read-only root;
# everything it keeps lies in the one volume, /data.
FROM python:3.13-slim AS build
WORKDIR /build
COPY requirements.lock ./
RUN python -m venv /venv \
    && /venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.lock

FROM python:3.13-slim
RUN useradd --uid 10001 --create-home --home-dir /data --shell /usr/sbin/nologin turnabout
COPY --from=build /venv /venv
WORKDIR /app
COPY LICENSE manifest.yml ./
COPY bot ./bot
COPY handlers ./handlers
COPY mentoring ./mentoring
COPY messages ./messages
COPY scheduling ./scheduling
COPY storage ./storage
COPY usecases ./usecases
RUN /venv/bin/python -m compileall -q /app
ENV PATH="/venv/bin:$PATH" \
    PYTHONPATH=/app \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    TURNABOUT_DATABASE_URL=sqlite:////data/database/turnabout.db \
    TURNABOUT_HTTP=0.0.0.0:8080
USER 10001
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-m", "bot", "health"]
ENTRYPOINT ["python", "-m", "bot"]
CMD ["run"]
