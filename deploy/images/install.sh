#!/bin/sh
# Make the environment of an image in the folder $1, from the wheels beside this script and from nothing else.
set -eu
target="$1"
python3 -m venv --without-pip /tools
PYTHONPATH="$(echo wheels/pip-*.whl)" python3 -m pip --python /tools install \
    --no-index --find-links wheels --require-hashes -r build.txt
/tools/bin/pip wheel --no-index --no-deps --no-build-isolation --wheel-dir own sources/*
python3 -m venv --without-pip "$target"
/tools/bin/pip --python "$target" install --no-index --find-links wheels --no-deps --require-hashes -r requirements.txt
/tools/bin/pip --python "$target" install --no-index --no-deps own/*.whl
