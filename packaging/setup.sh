#!/usr/bin/env bash
# Everything that `make run` and `make test` need: system libraries, virtual environment, Python packages.
#   packaging/setup.sh run     the program
#   packaging/setup.sh test    the program, its tests and, for root, the live lab
#   packaging/setup.sh mutate  that and what `make mutate` changes rules with
# As root it installs what is missing; otherwise it prints the one command to type. What is there is left alone, so that
# a second run takes a moment and needs no network.
set -euo pipefail
cd "$(dirname "$0")/.."

purpose=${1:-run}
case $purpose in
    run) lists=(packaging/apt-run.txt); extras=() ;;
    test) lists=(packaging/apt-run.txt packaging/apt-test.txt); extras=(dev) ;;
    mutate) lists=(packaging/apt-run.txt packaging/apt-test.txt); extras=(dev mutate) ;;
    *) echo "setup.sh: \"$purpose\" is not valid. Use run, test or mutate." >&2; exit 2 ;;
esac
is_root=false
[ "$(id -u)" -eq 0 ] && is_root=true
if [ "$purpose" != run ] && $is_root && [ -f packaging/apt-live.txt ]; then
    lists+=(packaging/apt-live.txt)
    extras+=(libvirt)
fi

say() { printf '%s\n' "$*"; }
fail() { printf 'fcm set-up: %s\n' "$*" >&2; exit 1; }

mkdir -p build
if command -v flock >/dev/null; then
    exec 9>build/setup.lock
    flock 9 # two set-ups at once would write into one environment
fi

python=${PYTHON:-python3}
have_python() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

wants() { [[ " ${extras[*]:-} " == *" $1 "* ]]; }

# --- system packages -------------------------------------------------------------------------------------------------
installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

missing_packages() {
    local entry name found choice
    while read -r entry; do
        if [ "${entry#\?}" != "$entry" ]; then
            # Older releases have it inside another package.
            entry=${entry#\?}
            apt-cache show "$entry" >/dev/null 2>&1 || continue
        fi
        found=false
        for name in ${entry//|/ }; do installed "$name" && found=true && break; done
        $found && continue
        choice=${entry%%|*}
        for name in ${entry//|/ }; do
            if apt-cache show "$name" >/dev/null 2>&1; then choice=$name; break; fi
        done
        printf '%s\n' "$choice"
    done < <(sed -e 's/#.*//' -e 's/[[:space:]]*$//' "${lists[@]}" | grep -v '^$')
    missing_for_python
}

# Debian ships venv, the C headers and the shared library (PyInstaller puts it into the bundle) apart from its python3.
missing_for_python() {
    local version
    if ! have_python "$python"; then
        # All at once: what the python3 that is about to come will lack as well.
        printf 'python3\npython3-venv\n'
        version=$(apt-cache depends python3 2>/dev/null | sed -n 's/.*Depends: python\(3\.[0-9]*\)$/\1/p' | head -n 1)
        if wants dev && [ -n "$version" ]; then printf 'libpython%s\n' "$version"; fi
        if wants libvirt; then printf 'python3-dev\n'; fi
        return
    fi
    if [ ! -x .venv/bin/python ] && ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then printf 'python3-venv\n'; fi
    if wants dev; then "$python" - <<'END'
import os, sys, sysconfig
# A Python that was built without one (0) cannot be helped by a package; packaging/bundle.py tells that.
library = os.path.join(sysconfig.get_config_var("LIBDIR") or "", sysconfig.get_config_var("INSTSONAME") or "")
if sysconfig.get_config_var("Py_ENABLE_SHARED") and not os.path.exists(library):
    print(f"libpython{sys.version_info.major}.{sys.version_info.minor}")
END
    fi
    if wants libvirt &&
        ! "$python" -c 'import os, sysconfig, sys; sys.exit(not os.path.exists(sysconfig.get_path("include") + "/Python.h"))'; then
        printf 'python3-dev\n'
    fi
}

install_packages() {
    local guard=/usr/sbin/policy-rc.d placed=false
    local options=(-y --no-install-recommends -o DPkg::Lock::Timeout=300)
    # Daemons that come with a package (libvirtd) are for the lab to start, not for the installation.
    if [ ! -e "$guard" ]; then
        printf '#!/bin/sh\nexit 101\n' >"$guard"
        chmod 755 "$guard"
        placed=true
        trap 'rm -f /usr/sbin/policy-rc.d' EXIT
    fi
    export DEBIAN_FRONTEND=noninteractive
    say "Installing system packages: $*"
    apt-get update -qq || say "apt-get update failed; using the existing package lists."
    apt-get install -qq "${options[@]}" "$@" >build/apt.log 2>&1 || {
        tail -n 15 build/apt.log >&2
        fail "the system packages above could not be installed (whole log: build/apt.log)."
    }
    if $placed; then rm -f "$guard"; trap - EXIT; fi
}

if command -v dpkg-query >/dev/null && command -v apt-get >/dev/null; then
    # Which packages a release has is asked below; a fresh system has no lists yet.
    if $is_root && ! apt-cache show make >/dev/null 2>&1; then apt-get update -qq || true; fi
    mapfile -t missing < <(missing_packages | sort -u)
    if [ ${#missing[@]} -gt 0 ]; then
        if $is_root; then install_packages "${missing[@]}"
        else
            say "Some system packages are missing. Run this command once, then run the same make command again:"
            say "    sudo apt-get update && sudo apt-get install -y --no-install-recommends ${missing[*]}"
            exit 1
        fi
    fi
else
    say "This is not a Debian system, so no system packages were installed. If Qt does not start, install the libraries listed in packaging/apt-run.txt."
fi
have_python "$python" || fail "$python is older than 3.11. Name a newer one: make ... PYTHON=/path/to/python3.11"

# --- virtual environment and Python packages ---------------------------------------------------------------------------
# The scripts in an environment name its place: one that was moved or copied is made again.
if ! have_python .venv/bin/python || ! grep -qsF "$PWD/.venv" .venv/bin/activate; then
    say "Creating the virtual environment .venv"
    rm -rf .venv
    "$python" -m venv .venv 9>&- || fail "the virtual environment could not be made. Debian: apt-get install python3-venv"
fi
wanted=$(IFS=,; printf '%s' "${extras[*]:-}")
# The stamp holds what was installed for: this project file, this Python, these extras.
key="$(sha256sum pyproject.toml | cut -d' ' -f1) $(.venv/bin/python -V)"
stamp=.venv/.installed
done_for() { [ -f "$stamp" ] && [ "$(head -n 1 "$stamp")" = "$key" ] && [[ ",$(sed -n 2p "$stamp")," == *",$1,"* ]]; }
complete=true
for extra in program ${extras[@]+"${extras[@]}"}; do done_for "$extra" || complete=false; done
if ! $complete; then
    say "Installing Python packages (a few minutes the first time)"
    # An environment from the time when the distribution was called fcm: both would own .venv/bin/fcm.
    if .venv/bin/python -c 'import importlib.metadata as m; m.distribution("fcm")' 2>/dev/null; then
        .venv/bin/python -m pip uninstall --quiet --yes fcm 9>&-
    fi
    .venv/bin/python -m pip install --quiet --disable-pip-version-check -e ".${wanted:+[$wanted]}" 9>&- ||
        fail "the Python packages could not be installed; the reason is above. Without a network, set PIP_FIND_LINKS to a folder of wheels."
    # What was installed before for the same project file is still there.
    had=$([ -f "$stamp" ] && [ "$(head -n 1 "$stamp")" = "$key" ] && sed -n 2p "$stamp" || true)
    printf '%s\n%s\n' "$key" "$(printf '%s\n' program ${had//,/ } ${wanted//,/ } | sort -u | paste -sd,)" >"$stamp"
fi
