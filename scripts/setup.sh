#!/usr/bin/env bash
# Makes .venv with the locked packages and, as root on Debian, installs what the system lacks.
# Run again it looks at one stamp and is done.
set -euo pipefail
cd "$(dirname "$0")/.."

stamp=.venv/.setup-stamp
wanted="$(cat requirements.lock scripts/setup.sh | sha256sum | cut -d' ' -f1)"
wanted="$wanted $(pwd)"
updated=""

say() { echo "setup: $*" >&2; }

apt_install() {
    # Installs Debian packages; fails quietly where this account or system cannot.
    [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null || return 1
    if [ -z "$updated" ]; then
        say "apt-get update"
        apt-get update -qq >/dev/null || return 1
        updated=yes
    fi
    say "apt-get install $*"
    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@" >/dev/null
}

find_python() {
    for name in python3.13 python3.12 python3.11 python3; do
        if command -v "$name" >/dev/null &&
            "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$name"
            return
        fi
    done
    return 1
}

make_venv() {
    python="$(find_python)" || {
        say "Python 3.11 or newer is missing. Install it (Debian: apt-get install python3)."
        exit 1
    }
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        package="$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"
        apt_install "$package" || apt_install python3-venv || {
            say "$python cannot make virtual environments."
            say "Have an administrator install it: apt-get install $package"
            exit 1
        }
    fi
    # One that was moved here or half made is made anew.
    .venv/bin/python -c '' 2>/dev/null && [ -x .venv/bin/pip ] || rm -rf .venv
    [ -x .venv/bin/python ] || "$python" -m venv .venv
    say "installing the locked packages"
    .venv/bin/python -m pip install -q --disable-pip-version-check \
        --require-hashes -r requirements.lock
    .venv/bin/python -m pip install -q --disable-pip-version-check \
        --no-deps --no-build-isolation -e .
}

has_chinese_font() {
    ls /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc >/dev/null 2>&1 ||
        { command -v fc-list >/dev/null && [ -n "$(fc-list :lang=zh 2>/dev/null)" ]; }
}

has_browser() { command -v chromium >/dev/null || command -v chromium-browser >/dev/null; }

system_packages() {
    missing=()
    has_browser || missing+=(chromium)
    has_chinese_font || missing+=(fonts-noto-cjk)
    [ "${#missing[@]}" -gt 0 ] || return 0
    apt_install "${missing[@]}" || {
        say "not installed: ${missing[*]} (needs root and Debian's apt-get)."
        say "Yibao runs without them; the tests that drive a browser (tests/journeys) cannot."
        say "Have an administrator run: apt-get install ${missing[*]}"
        return 1
    }
}

if [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && [ -x .venv/bin/yibao ]; then
    exit 0
fi
make_venv
# Without the system's packages the stamp is not set, so that the next run looks again.
if system_packages; then
    echo "$wanted" >"$stamp"
fi
say "done: .venv/bin/yibao"
