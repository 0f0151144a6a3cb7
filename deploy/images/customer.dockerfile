# The customer stack: API, worker and commands, one image. Built by `make images`, which gathers its context:
# sources, wheels by hash, requirements. Nothing is fetched while it is built, and there is no compiler.
ARG BASE_IMAGE
FROM ${BASE_IMAGE} AS build
WORKDIR /build
COPY . .
RUN ["sh", "install.sh", "/opt/bulkhead"]

FROM ${BASE_IMAGE}
RUN ["useradd", "--uid", "10001", "--user-group", "--no-log-init", "--shell", "/usr/sbin/nologin", \
     "--home-dir", "/var/lib/bulkhead", "--create-home", "bulkhead"]
COPY --from=build /opt/bulkhead /opt/bulkhead
COPY sources/customer-stack/migrations /usr/share/bulkhead/migrations
COPY healthy.py /usr/share/bulkhead/healthy.py
ENV PATH=/opt/bulkhead/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    TZ=UTC \
    CUSTOMER_MIGRATIONS_FOLDER=/usr/share/bulkhead/migrations
USER 10001:10001
WORKDIR /var/lib/bulkhead
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
    CMD ["python3", "-I", "-S", "/usr/share/bulkhead/healthy.py", "127.0.0.1:8001", "127.0.0.1:8002"]
ENTRYPOINT ["customer-stack"]
CMD ["api"]
