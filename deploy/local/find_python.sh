#!/bin/sh
# Print the Python to set up with: $PYTHON if given, else the system's own 3.11, else the first 3.11 or newer on
# the path. The system's comes first because distributions build it with profile-guided optimisation; the builds
# of version managers mostly are not, and take half as long again for everything.
system=""
case ":$PATH:" in *:/usr/bin:*) system=/usr/bin/python3.11 ;; esac
newest=""
for candidate in ${PYTHON:-$system python3.11 python3.12 python3.13 python3 python3.14 python}; do
    command -v "$candidate" >/dev/null 2>&1 || continue
    needs="import sys"
    [ "$candidate" = "$system" ] && needs="import ensurepip, sys" # Debian ships it as python3.11-venv
    if "$candidate" -c "$needs; sys.exit(sys.version_info < (3, 11))" >/dev/null 2>&1; then
        echo "$candidate"
        exit 0
    fi
    found=$("$candidate" -c 'import sys; print(".".join(map(str, sys.version_info[:3])))' 2>/dev/null)
    [ -n "$found" ] && newest="$newest $candidate is $found;"
done
{
    if [ -n "$newest" ]; then
        echo "Bulkhead needs Python 3.11 or newer, and found only older ones:$newest"
    else
        echo "Bulkhead needs Python 3.11 or newer, and found no Python${PYTHON:+ at $PYTHON}."
    fi
    echo "Install it (Debian, Ubuntu: apt install python3 python3-venv; macOS: brew install python@3.11),"
    echo "or name one: make run PYTHON=/path/to/python3.11"
} >&2
exit 1
