# docker build -t kucoin-simulator . && docker run --rm -p 127.0.0.1:8080:8080 kucoin-simulator
FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 \
    KUCOIN_SIMULATOR_HOST=0.0.0.0 \
    KUCOIN_SIMULATOR_CONTROL_OPEN=1

WORKDIR /src
COPY pyproject.toml hatch_build.py pytest_kucoin.py README.md LICENSE ./
COPY simulator simulator
COPY scenarios scenarios
RUN pip install --no-cache-dir . && useradd --system --no-create-home simulator

WORKDIR /
USER simulator
EXPOSE 8080
HEALTHCHECK --interval=5s --timeout=3s --start-period=5s \
    CMD ["kucoin-simulator", "health"]
ENTRYPOINT ["kucoin-simulator"]
CMD ["--port", "8080"]
