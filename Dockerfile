# docker build -t kucoin-simulator . && docker run --rm -p 127.0.0.1:8080:8080 kucoin-simulator
#
# Every flag can be a variable, such as KUCOIN_SIMULATOR_SCENARIO. The root file system can be read-only.
FROM python:3.13-slim AS build

WORKDIR /src
COPY pyproject.toml hatch_build.py pytest_kucoin.py README.md LICENSE ./
COPY simulator simulator
COPY scenarios scenarios
COPY scripts/install scripts/install
RUN scripts/install /opt/kucoin-simulator

FROM python:3.13-slim

LABEL org.opencontainers.image.title="KuCoin Fast API simulator" \
      org.opencontainers.image.licenses="Apache-2.0"

ENV PATH=/opt/kucoin-simulator/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    KUCOIN_SIMULATOR_HOST=0.0.0.0 \
    KUCOIN_SIMULATOR_PORT=8080 \
    KUCOIN_SIMULATOR_CONTROL_OPEN=1

COPY --from=build /opt/kucoin-simulator /opt/kucoin-simulator
# /state is for a volume, if KUCOIN_SIMULATOR_STATE_DIR names it: without one, the certificate authority is in memory.
RUN useradd --system --no-log-init --no-create-home --uid 10001 simulator \
    && install --directory --owner=simulator /state /scenarios

USER 10001
WORKDIR /scenarios
VOLUME ["/scenarios"]
EXPOSE 8080
HEALTHCHECK --interval=5s --timeout=3s --start-period=5s \
    CMD ["kucoin-simulator", "healthcheck"]
ENTRYPOINT ["kucoin-simulator"]
