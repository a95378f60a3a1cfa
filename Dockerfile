# The service and its page, for `docker build -t isogloss .`
FROM python:3.13-slim AS build
WORKDIR /source
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY src ./src
# `synth` speaks the page's examples.
RUN python -m venv /opt/isogloss \
    && /opt/isogloss/bin/pip install --no-cache-dir ".[serve,synth,hub]"

FROM python:3.13-slim
COPY --from=build /opt/isogloss /opt/isogloss
RUN useradd --system --uid 10001 --no-create-home --home-dir /tmp isogloss
USER 10001
WORKDIR /tmp
ENV PATH=/opt/isogloss/bin:$PATH \
    HOME=/tmp \
    PYTHONUNBUFFERED=1
EXPOSE 7860
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:7860/healthz', timeout=4)"]
ENTRYPOINT ["isogloss", "serve", "--host", "0.0.0.0", "--port", "7860"]
