# syntax=docker/dockerfile:1

# Both stages stand on one image, Python 3.13.14 on Debian trixie for every kind of machine, named by its digest as Docker's
# record of official images tells it (docker-library/repo-info). Dependabot brings the next one; by hand it is
# `docker buildx imagetools inspect python:3.13-slim`.

# Builds the wheel and installs it beside exactly what the lock names; nothing of this stage but that environment goes on.
FROM python:3.13-slim@sha256:9662417aace5ae7b8e2609cce472b72a8958e134ba372808abe9cc1a0c0125e6 AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /source
COPY requirements/run.txt requirements/build.txt ./requirements/
RUN python -m venv /opt/build \
    && /opt/build/bin/python -m pip install --no-cache-dir --require-hashes --requirement requirements/build.txt \
    && python -m venv --without-pip /opt/dualo \
    && python -m pip --python /opt/dualo install --no-cache-dir --require-hashes --requirement requirements/run.txt
COPY pyproject.toml README.md LICENSE ./
COPY bot ./bot
COPY adapters ./adapters
COPY content ./content
RUN /opt/build/bin/python -m pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir /opt/wheel . \
    && python -m pip --python /opt/dualo install --no-cache-dir --no-deps /opt/wheel/*.whl

# Everything here is read-only in use: the byte code is compiled above, and only /data (and /tmp) is written to.
FROM python:3.13-slim@sha256:9662417aace5ae7b8e2609cce472b72a8958e134ba372808abe9cc1a0c0125e6
LABEL org.opencontainers.image.title="Dualo" \
      org.opencontainers.image.description="A self-hosted bot that teaches a team inside Discord, Slack or a local web page." \
      org.opencontainers.image.licenses="MIT"
ENV PATH="/opt/dualo/bin:$PATH" \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DUALO_DATA_DIR=/data
# The letters of the diagrams that chats get as pictures. Any version will do.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/*
RUN groupadd --system --gid 10001 dualo \
    && useradd --system --uid 10001 --gid dualo --home-dir /data --shell /usr/sbin/nologin dualo \
    && install --directory --owner=dualo --group=dualo --mode=0700 /data
COPY --from=build /opt/dualo /opt/dualo
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-m", "bot.process.probe"]
ENTRYPOINT ["dualo"]
CMD ["run"]
