# Counterparties for trying and testing: exchange, bank, identity vendor, card acquirer, one image. Built by
# `make images`, which gathers its context. Nothing is fetched while it is built, and there is no compiler.
ARG BASE_IMAGE
FROM ${BASE_IMAGE} AS build
WORKDIR /build
COPY . .
RUN ["sh", "install.sh", "/opt/bulkhead"]

FROM ${BASE_IMAGE}
RUN ["useradd", "--uid", "10001", "--user-group", "--no-log-init", "--shell", "/usr/sbin/nologin", \
     "--home-dir", "/var/lib/bulkhead", "--create-home", "bulkhead"]
COPY --from=build /opt/bulkhead /opt/bulkhead
COPY healthy.py /usr/share/bulkhead/healthy.py
ENV PATH=/opt/bulkhead/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    TZ=UTC \
    SANDBOX_HOST=0.0.0.0 \
    SANDBOX_STATE_DIR=/var/lib/bulkhead
USER 10001:10001
WORKDIR /var/lib/bulkhead
EXPOSE 9001 9002 9003 9004
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD ["python3", "-I", "-S", \
    "/usr/share/bulkhead/healthy.py", "127.0.0.1:9001", "127.0.0.1:9002", "127.0.0.1:9003", "127.0.0.1:9004"]
ENTRYPOINT ["sandbox"]
CMD ["exchange"]
