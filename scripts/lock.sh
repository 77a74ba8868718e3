#!/bin/sh
# Writes requirements/runtime.txt and requirements/dev.txt from pyproject.toml, every release with its hashes.
# Arguments go to pip-compile (for example --upgrade).
set -eu
cd "$(dirname "$0")/.."

# Extra indexes and link folders of this machine must not decide what everybody installs.
unset PIP_EXTRA_INDEX_URL PIP_FIND_LINKS
export PIP_CONFIG_FILE=/dev/null
# Stands in the head of the files instead of the long command line.
export CUSTOM_COMPILE_COMMAND="make lock"

lock() {
    .venv/bin/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras \
        --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
        --build-deps-for=editable "$@" pyproject.toml
}

lock --output-file=requirements/runtime.txt "$@"
lock --output-file=requirements/dev.txt --extra=dev --constraint=requirements/runtime.txt "$@"
