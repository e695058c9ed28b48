# The simulator in a container:
#
#   docker build -t terapi-simulator .
#   docker run --rm -p 3003:3003 -e TERAPI_CONTROL_TOKEN=… terapi-simulator
#
# It listens on all addresses. Calls of /_simulator come from outside the container, and take the token: without one they
# get 403. Flags after the image's name are flags of `terapi-simulator serve` (docs/packages.md).
FROM debian:12 AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates g++ cmake ninja-build pkg-config libboost-dev libssl-dev \
    libsqlite3-dev nlohmann-json3-dev \
 && rm -rf /var/lib/apt/lists/*
COPY . /source
WORKDIR /source
# Without the history, which stays outside: any date will do.
RUN SOURCE_DATE_EPOCH=1 packaging/build program --out /packages \
 && mv /packages/terapi-simulator-*-linux-* /packages/terapi-simulator

# It needs glibc, a shell for its entry point, and the certificates that others are trusted by.
FROM debian:12-slim
RUN useradd --system --uid 10001 --create-home terapi
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /packages/terapi-simulator /usr/local/bin/terapi-simulator
COPY LICENSE packaging/THIRD-PARTY.md /usr/share/doc/terapi-simulator/
USER 10001
WORKDIR /home/terapi
EXPOSE 3003
HEALTHCHECK --interval=5s --timeout=3s --start-period=2s CMD ["terapi-simulator", "ready"]
ENTRYPOINT ["sh", "-c", "exec terapi-simulator serve --host 0.0.0.0 ${TERAPI_CONTROL_TOKEN:+--control-token \"$TERAPI_CONTROL_TOKEN\"} \"$@\"", "terapi-simulator"]
