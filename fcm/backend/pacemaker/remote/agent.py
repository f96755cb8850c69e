"""The agent ``ocf:fcm:VirtualMachine`` (resources/ocf): its version, and how it comes to a node and leaves it again.

The scripts are POSIX sh for root on a node (``NodeShell.run``). Why they refuse is their last line on stderr,
``fcm: SENTENCE``.
"""

from __future__ import annotations

import hashlib
import re
from shlex import quote

from fcm import resources

NAME = "ocf:fcm:VirtualMachine"
"""As Pacemaker calls it."""
PATH = "/usr/lib/ocf/resource.d/fcm/VirtualMachine"
"""Where Pacemaker looks for it on a node."""

_MARK = "# ocf:fcm:VirtualMachine:"
"""Begins the second line of every version; a file without it is not fcm's."""
_END = "END_OF_FCM_AGENT"


def content() -> str:
    """The agent itself, as it belongs on the nodes.

    Raises:
        FileNotFoundError: the installation of fcm is incomplete.
    """
    return resources.path("ocf", "VirtualMachine").read_text(encoding="utf-8")


def _version() -> str:
    found = re.search(r"^VERSION=(\d+(?:\.\d+)*)$", content(), re.MULTILINE)
    if found is None:
        raise ValueError("The agent has no line VERSION=NUMBER.")
    return found[1]


VERSION = _version()
"""Of the agent that comes with this fcm; numbers separated by dots."""


def digest() -> str:
    """SHA-256 of the agent, in hexadecimal."""
    return hashlib.sha256(content().encode()).hexdigest()


def is_newer(version: str, than: str) -> bool:
    """Whether a version of the agent is newer than another one; one that cannot be read is older than any.

    Args:
        version: such as ``1.0.0``.
        than: likewise.
    """
    return _numbers(version) > _numbers(than)


def _numbers(version: str) -> tuple[int, ...]:
    """The numbers of a version without zeros at the end, so that 1.0 and 1.0.0 are the same."""
    if not re.fullmatch(r"\d+(?:\.\d+)*", version):
        return ()
    found = [int(number) for number in version.split(".")]
    while len(found) > 1 and found[-1] == 0:
        found.pop()
    return tuple(found)


def install_script(path: str = PATH) -> str:
    """Puts this version of the agent on a node, in one step: it is there whole or not at all.

    Neither a file that is not fcm's nor a newer version is replaced; an older one is, while machines run.
    """
    folder = path.rpartition("/")[0]
    return f"""\
set -eu
agent={quote(path)}
{_refuse_foreign("Move it away.")}
if [ -e "$agent" ]; then
    found=$(sed -n 's/^VERSION=//p' "$agent")
    if [ "$found" != {VERSION} ] && [ "$(printf '%s\\n' "$found" {VERSION} | sort -V | tail -n 1)" = "$found" ]; then
        echo "fcm: This node has version $found of the agent {NAME}, which is newer than version {VERSION} \
of this fcm. Update fcm." >&2
        exit 1
    fi
fi
mkdir -p {quote(folder)}
fresh={quote(folder)}/.VirtualMachine.$$
trap 'rm -f "$fresh"' EXIT
cat >"$fresh" <<'{_END}'
{content()}{_END}
chmod 755 "$fresh"
sync "$fresh"
mv -f "$fresh" "$agent"
"""


def check_script(path: str = PATH) -> str:
    """Exit code 0: a node has exactly this version of the agent, and it can be run."""
    return f"""\
agent={quote(path)}
[ -x "$agent" ] && [ "$(sha256sum <"$agent" | cut -d ' ' -f 1)" = {digest()} ] && "$agent" meta-data >/dev/null
"""


def version_script(path: str = PATH) -> str:
    """Prints the version of the agent that a node has; nothing where there is none, or a file that is not fcm's."""
    return f"""\
agent={quote(path)}
[ ! -e "$agent" ] || ! sed -n 2p "$agent" | grep -q {quote("^" + _MARK)} || sed -n 's/^VERSION=//p' "$agent"
"""


def remove_script(path: str = PATH) -> str:
    """Takes the agent off a node, and its folder if nothing else is in there; a file that is not fcm's stays."""
    folder = path.rpartition("/")[0]
    return f"""\
set -eu
agent={quote(path)}
{_refuse_foreign("It was left there.")}
rm -f "$agent" {quote(folder)}/.VirtualMachine.[0-9]*
rmdir {quote(folder)} 2>/dev/null || true
kept=${{HA_RSCTMP:-/run/resource-agents}}
rm -f "$kept"/fcm-*.uuid "$kept"/fcm-*.xml
"""


def _refuse_foreign(remedy: str) -> str:
    return f"""\
if [ -e "$agent" ] && ! sed -n 2p "$agent" | grep -q {quote("^" + _MARK)}; then
    echo "fcm: The file $agent on this node was not created by fcm. {remedy}" >&2
    exit 1
fi"""
