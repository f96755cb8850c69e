#!/usr/bin/env bash
# The README's two commands on a bare Debian: a root of a release in a folder, in which nothing is but the base system.
#   packaging/try-on.sh SUITE [root|user] [COMMAND ...]     such as: packaging/try-on.sh bookworm user
# Without COMMAND: make run, then make test. As user, the command that the set-up prints is typed by root in between, as a
# person would. Needs root and debootstrap. What is committed is tried, not what lies in the working tree.
#   FOLDER   where the roots are made (default: a new folder below /var/tmp, removed at the end)
#   AGAIN    yes: in the root that the last run left in FOLDER, with what is committed now
#   MIRROR   Debian's packages (default: http://deb.debian.org/debian)
# Variables for proxies, certificates and pip (PIP_...), and pip's system-wide configuration, hold inside as well.
set -euo pipefail

fail() { printf 'try-on: %s\n' "$*" >&2; exit "${2:-1}"; }
[ $# -ge 1 ] || { sed -n '2,10s/^# \{0,1\}//p' "$0" >&2; exit 2; }
suite=$1
who=${2:-root}
shift $(($# > 1 ? 2 : 1))
case $who in root | user) ;; *) fail "\"$who\" is neither root nor user." 2 ;; esac
[ "$(id -u)" -eq 0 ] || fail "a root of its own needs root. Start it with sudo."
command -v debootstrap >/dev/null || fail "debootstrap is not installed: apt-get install debootstrap"
if [ "${TRY_ON_INSIDE:-}" != yes ]; then
    # Mounts and processes of a name space of its own: all of it ends with this script, whatever happens.
    exec env TRY_ON_INSIDE=yes unshare --mount --pid --fork --kill-child "$0" "$suite" "$who" "$@"
fi

top=$(cd "$(dirname "$0")/.." && pwd)
folder=${FOLDER:-}
if [ -z "$folder" ]; then
    folder=$(mktemp -d /var/tmp/fcm-try-on.XXXXXX)
    trap 'umount -R "$root" 2>/dev/null || true; rm -rf --one-file-system "$folder"' EXIT
fi
base=$folder/$suite
root=$folder/$suite-$who
mkdir -p "$folder"
if [ ! -e "$base/.whole" ]; then
    rm -rf --one-file-system "$base"
    debootstrap --variant=minbase --include=ca-certificates,git,make,adduser "$suite" "$base" \
        "${MIRROR:-http://deb.debian.org/debian}" >"$folder/$suite.log" 2>&1 || {
        tail -n 5 "$folder/$suite.log" >&2
        fail "the root of $suite could not be made (whole log: $folder/$suite.log)."
    }
    touch "$base/.whole"
fi
if [ "${AGAIN:-}" != yes ] || [ ! -d "$root" ]; then
    rm -rf --one-file-system "$root"
    cp -a "$base" "$root"
fi
mount --bind "$root" "$root" # ip(8) wants the root of its name space to be a mount
mount --make-private "$root"

# --- what of this machine holds inside ----------------------------------------------------------------------------------
cp -L /etc/resolv.conf "$root/etc/resolv.conf"
for given in /etc/pip.conf /etc/xdg/pip; do
    if [ -e "$given" ]; then mkdir -p "$root$(dirname "$given")"; cp -aL "$given" "$root$(dirname "$given")/"; fi
done
[ ! -e /etc/ssl/certs/ca-certificates.crt ] || cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
# Folders with wheels or an index that pip is told of.
grep -rhoE '(file://)?/[A-Za-z0-9._/-]+' /etc/pip.conf /etc/xdg/pip 2>/dev/null | sed 's|^file://||' |
    { cat; printf '%s\n' "${PIP_FIND_LINKS:-}"; } | sort -u | while read -r path; do
    if [ -d "$path" ] && [ "$path" != / ]; then
        mkdir -p "$root$path"
        mount --bind -o ro "$path" "$root$path"
    fi
done
mount -t proc proc "$root/proc"
mount -t sysfs sysfs "$root/sys" || true # the lab looks for bridges there
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for device in null zero full random urandom tty; do
    touch "$root/dev/$device"
    mount --bind "/dev/$device" "$root/dev/$device"
done
mkdir -p "$root/dev/shm" "$root/dev/pts"
mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=666 devpts "$root/dev/pts"
if [ -e /dev/net/tun ]; then # for the virtual machines of the lab
    mkdir "$root/dev/net"
    touch "$root/dev/net/tun"
    mount --bind /dev/net/tun "$root/dev/net/tun"
fi
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"

inside() {
    local home=$1
    shift
    local kept=() name
    while IFS='=' read -r name _; do
        case $name in
            PIP_* | *_proxy | *_PROXY | SSL_CERT_* | REQUESTS_CA_BUNDLE) kept+=("$name=${!name}") ;;
        esac
    done < <(env)
    chroot "$root" env -i HOME="$home" PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        TERM=dumb "${kept[@]}" "$@"
}

inside /root apt-get update -qq
if [ "$who" = user ]; then
    inside /root sh -c "id tester >/dev/null 2>&1 || adduser --quiet --disabled-password --gecos '' tester"
    home=/home/tester
    as=(setpriv --reuid=tester --regid=tester --init-groups)
else
    home=/root
    as=()
fi
mkdir -p "$root$home/fcm"
# What an earlier commit had is not left behind.
inside "$home" sh -c "cd $home/fcm && [ ! -d .git ] || { git ls-files -z | xargs -0 rm -f; rm -rf .git; }"
git -C "$top" archive HEAD | tar -x -C "$root$home/fcm"
# Some checks ask git which files there are.
inside "$home" sh -c "cd $home/fcm && git init -q && git add -A &&
    git -c user.name=try -c user.email=try@example.com commit -q -m 'as it is'"
[ "$who" = root ] || inside /root chown -R tester: "$home"

try() {
    printf '\n== %s as %s on %s\n' "$*" "$who" "$suite"
    inside "$home" ${as[@]+"${as[@]}"} sh -c "cd $home/fcm && $*"
}
# A person reads the printed command and types it, then the same command again; never more than three times.
persist() {
    local turn said status=1
    for turn in 1 2 3; do
        said=$folder/$suite-$who.said
        status=0
        try "$@" 2>&1 | tee "$said" || status=${PIPESTATUS[0]}
        local printed
        printed=$(sed -n 's/^ *sudo \(apt-get update && \)sudo \(apt-get install .*\)$/\1\2/p' "$said" | tail -n 1)
        if [ "$status" -eq 0 ] || [ -z "$printed" ]; then break; fi
        printf '\n== root types: %s\n' "$printed"
        inside /root env DEBIAN_FRONTEND=noninteractive sh -c "$printed" >"$folder/$suite-$who.apt.log" 2>&1
    done
    return "$status"
}

if [ $# -gt 0 ]; then persist "$*"; else persist make run && persist make test; fi
