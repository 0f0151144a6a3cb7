#!/bin/sh
# Make a base image from the packages of Debian, for a server without a registry of images:
#
#     sh deploy/images/make_base.sh [NAME]        (as root; NAME is bulkhead-base:bookworm)
#
# Whoever has a registry takes a Debian image with Python 3.11 from there: make images BASE_IMAGE=...
# Packages come from where this machine's apt takes them; MIRROR names another place.
set -eu
name="${1:-bulkhead-base:bookworm}"
suite="${SUITE:-bookworm}"
mirror="${MIRROR:-$(apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' \
    | awk -v suite="$suite" '$2 == suite {print $1; exit}')}"
[ "$(id -u)" = 0 ] || { echo "Run this as root: debootstrap makes a root file system." >&2; exit 1; }
command -v debootstrap >/dev/null || { echo "Install debootstrap: apt-get install debootstrap" >&2; exit 1; }
[ -n "$mirror" ] || { echo "apt knows no mirror of $suite. Name one: MIRROR=http://... sh $0" >&2; exit 1; }

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
root="$work/root"
debootstrap --variant=minbase --include=ca-certificates,python3,tzdata "$suite" "$root" "$mirror" >"$work/log" 2>&1 \
    || { tail -n 20 "$work/log" >&2; exit 1; }

# Corrections of security since the suite's last point release, from where this machine takes them.
cp -a /etc/apt/sources.list /etc/apt/sources.list.d /etc/apt/keyrings "$root/etc/apt/" 2>/dev/null || true
cp /etc/hosts /etc/resolv.conf "$root/etc/"
chroot "$root" apt-get -qq update >>"$work/log" 2>&1
DEBIAN_FRONTEND=noninteractive chroot "$root" apt-get -qq --yes upgrade >>"$work/log" 2>&1
rm -rf "$root/etc/apt/sources.list" "$root/etc/apt/sources.list.d" "$root/etc/apt/keyrings"
: >"$root/etc/hosts"
: >"$root/etc/resolv.conf"
: >"$root/etc/machine-id"
echo localhost >"$root/etc/hostname"

# What nobody reads in a container. Copyright files stay.
chroot "$root" apt-get clean
find "$root/usr/share/doc" -type f ! -name copyright -delete
rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/*.bin "$root"/var/cache/debconf/*-old "$root"/var/log/*
rm -rf "$root"/usr/share/man/* "$root"/usr/share/info/* "$root"/usr/share/locale/*
tar --numeric-owner -C "$root" -c . | docker import --change 'CMD ["python3"]' - "$name" >/dev/null
echo "$name: $(docker image inspect --format '{{.Size}}' "$name" | awk '{printf "%.0f MB", $1 / 1000000}')"
