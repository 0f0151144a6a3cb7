#!/bin/sh
# Resolve what the packages and the tools need, for every Python and platform we run on, into one file
# with the hash of every artefact. Only changes when somebody asks: make lock.
# overrides.txt says what is taken in place of what a package asks for; the list is installed without resolving.
set -eu
uv="${UV:-.venv/bin/uv}"
command -v "$uv" >/dev/null 2>&1 || { echo "make lock needs uv: make setup" >&2; exit 1; }
"$uv" pip compile -q --universal --python-version 3.11 --generate-hashes \
    --no-emit-index-url --no-emit-package bulkhead-shared --no-emit-package bulkhead-boundary \
    --no-annotate --custom-compile-command "make lock" --override requirements/overrides.txt \
    --output-file requirements/all.txt "$@" \
    shared/pyproject.toml proto/pyproject.toml customer-stack/pyproject.toml execution-stack/pyproject.toml \
    deploy/local/pyproject.toml deploy/sandbox/pyproject.toml requirements/tools.in
# What each image holds: of the same versions, only what its own packages declare.
image() {
    output="$1"
    shift
    "$uv" pip compile -q --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-package bulkhead-shared --no-emit-package bulkhead-boundary \
        --no-annotate --custom-compile-command "make lock" --override requirements/overrides.txt \
        --constraint requirements/all.txt --output-file "requirements/$output.txt" "$@"
}
image customer shared/pyproject.toml proto/pyproject.toml customer-stack/pyproject.toml
image execution shared/pyproject.toml proto/pyproject.toml execution-stack/pyproject.toml
image sandbox deploy/sandbox/pyproject.toml
image build requirements/build.in
image postgres --no-deps requirements/postgres.in
# The exchange's own client library, for one test. It asks for Python 3.13, so it has a file and a place of its own.
"$uv" pip compile -q --universal --python-version 3.13 --generate-hashes \
    --no-emit-index-url --no-annotate --custom-compile-command "make lock" \
    --output-file requirements/exchange-sdk.txt "$@" requirements/exchange-sdk.in
# What checks the manifests for Kubernetes.
"$uv" pip compile -q --universal --python-version 3.11 --generate-hashes \
    --no-emit-index-url --no-annotate --custom-compile-command "make lock" \
    --output-file requirements/kubernetes.txt "$@" requirements/kubernetes.in
# What installs the rest.
exec "$uv" pip compile -q --universal --python-version 3.11 --generate-hashes \
    --no-emit-index-url --no-annotate --custom-compile-command "make lock" \
    --output-file requirements/installer.txt "$@" requirements/installer.in
