"""The agent on a bench: the real script, with virsh and Pacemaker's programs that answer what a test says.

Time limits of the real programs are not waited for: a virsh that hangs exits with 124, which is what ``timeout`` says.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fcm import resources
from fcm.ui.tour.patience import PROGRAM_PATIENCE, stretched

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FREE = 2**22
"""Linux gives no process a number from here on: what stands in a folder for /proc under it can never be hit."""

UUID = "4dea22b3-1d52-4d8e-93f5-0c1f0e3a7b11"
OTHER = "11111111-2222-4333-8444-555555555555"

NOT_FOUND = "echo \"error: failed to get domain '4dea22b3'\" >&2; exit 1"
"""As virsh 9.0 says it."""
NOT_FOUND_LONG = (
    "echo \"error: failed to get domain 'web'\nerror: Domain not found: no domain with matching name\" >&2; exit 1"
)
"""As others say it."""
GONE = 'echo "error: failed to connect to the hypervisor\nerror: Failed to connect socket: No such file" >&2; exit 1'
HANGS = "exit 124"
"""Not a real wait: what the program timeout makes of one."""

_VIRSH = r"""#!/bin/sh
# An answer is a file of sh: FAKE/here/COMMAND for the node's own libvirtd, FAKE/peer/COMMAND for any other.
printf '%s\n' "$*" >>"$FAKE/calls"
place=here
while :; do
	case $1 in
	--quiet) shift ;;
	--connect) case $2 in qemu:///system) ;; *) place=peer ;; esac; shift 2 ;;
	*) break ;;
	esac
done
command=$1
shift
[ -e "$FAKE/$place/$command" ] || { echo "error: no answer to $place $command" >&2; exit 1; }
. "$FAKE/$place/$command"
"""

_PROGRAMS = {
    "virsh": _VIRSH,
    "crm_node": '#!/bin/sh\ncase $1 in -n) echo node1 ;; -p) echo "node1 node2 node3" ;; esac\n',
    "crm_attribute": """#!/bin/sh
node=$2 name=$4
cat "$FAKE/attributes/$node.$name" 2>/dev/null
""",
    "crm_resource": """#!/bin/sh
# Asked for a meta attribute: -r web --meta -g NAME.
[ "$1 $2 $3 $4" = "-r web --meta -g" ] || exit 64
cat "$FAKE/meta/$5" 2>/dev/null || { echo "Attribute '$5' not found for 'web'" >&2; exit 105; }
""",
    "attrd_updater": r"""#!/bin/sh
printf '%s\n' "attrd_updater $*" >>"$FAKE/calls"
case $1 in
-Q) value=$(cat "$FAKE/private/$5" 2>/dev/null) && echo "name=\"$5\" host=\"$3\" value=\"$value\"" ;;
-p) printf '%s' "$7" >"$FAKE/private/$5"; printf '%s\n' "$7" >>"$FAKE/private/$5.history" ;;
esac
""",
    "logger": '#!/bin/sh\nprintf "%s\\n" "$4" >>"$FAKE/log"\n',
    "systemctl": '#!/bin/sh\nprintf "systemctl %s\\n" "$*" >>"$FAKE/calls"\n',
    "bash": """#!/bin/sh
# The agent has bash try a port: -c SCRIPT ADDRESS PORT.
printf 'probe %s %s\\n' "$3" "$4" >>"$FAKE/calls"
case $(cat "$FAKE/networks/$3" 2>/dev/null) in
silent) exit 124 ;;
unreachable) echo "bash: connect: Network is unreachable" >&2; exit 1 ;;
open) exit 0 ;;
*) echo "bash: connect: Connection refused" >&2; exit 1 ;;
esac
""",
}


def definition(name: str = "web", uuid: str = UUID) -> str:
    """What ``virsh dumpxml --inactive`` says of a machine, shortened."""
    identity = f"\n  <uuid>{uuid}</uuid>" if uuid else ""
    return f"<domain type='qemu'>\n  <name>{name}</name>{identity}\n  <memory unit='KiB'>262144</memory>\n</domain>\n"


@dataclass(frozen=True, slots=True)
class Ended:
    """How an action ended."""

    code: int
    reason: str
    """The sentence that Pacemaker shows."""
    output: str


@dataclass
class Bench:
    """One node, node1, with the machine ``web`` as a resource."""

    folder: Path
    script: Path = field(default_factory=lambda: resources.path("ocf", "VirtualMachine"))
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in (
            "here",
            "peer",
            "attributes",
            "private",
            "networks",
            "bin",
            "temp",
            "proc/self/ns",
            "shared",
            "meta",
        ):
            (self.folder / name).mkdir(parents=True)
        for name, text in _PROGRAMS.items():
            program = self.folder / "bin" / name
            program.write_text(text, encoding="utf-8")
            program.chmod(0o755)
        (self.proc / "self" / "ns" / "pid").symlink_to("pid:[1]")
        self.config.write_text(definition(), encoding="utf-8")
        self.environment = {
            "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
            "FAKE": str(self.folder),
            "HA_RSCTMP": str(self.folder / "temp"),
            "FCM_PROC": str(self.proc),
            "FCM_ANSWER": "30",
            "FCM_READ": "30",
            "FCM_STEP": "0.02",
            "FCM_STALL": "0.1",
            "FCM_GRACE": "5",
            "OCF_RESOURCE_INSTANCE": "web",
            "OCF_RESKEY_config": str(self.config),
            "OCF_RESKEY_CRM_meta_fcm_uuid": UUID,
            "OCF_RESKEY_CRM_meta_on_node": "node1",
            "OCF_RESKEY_CRM_meta_timeout": "20000",
        }

    @property
    def proc(self) -> Path:
        """Stands for /proc."""
        return self.folder / "proc"

    @property
    def config(self) -> Path:
        """The definition on the shared storage."""
        return self.folder / "shared" / "web.xml"

    def set(self, **parameters: str) -> None:
        """Parameters of the resource."""
        self.environment |= {f"OCF_RESKEY_{name}": value for name, value in parameters.items()}

    def meta(self, **attributes: str) -> None:
        """Meta attributes that are given to the agent; ``fcm_uuid`` stands for ``fcm-uuid``."""
        self.environment |= {f"OCF_RESKEY_CRM_meta_{name}": value for name, value in attributes.items()}

    def settings(self, **attributes: str) -> None:
        """Meta attributes that the cluster tells when it is asked; ``fcm_options`` stands for ``fcm-options``."""
        for name, value in attributes.items():
            (self.folder / "meta" / name.replace("_", "-")).write_text(value + "\n", encoding="utf-8")

    def answer(self, command: str, text: str, place: str = "here") -> None:
        """What virsh does when it is asked this: lines of sh."""
        (self.folder / place / command).write_text(text + "\n", encoding="utf-8")

    def state(self, word: str, place: str = "here") -> None:
        """What libvirt says of the machine."""
        self.answer("domstate", f"echo '{word}'", place)

    def attribute(self, node: str, name: str, value: str) -> None:
        """A permanent node attribute."""
        (self.folder / "attributes" / f"{node}.{name}").write_text(value + "\n", encoding="utf-8")

    def network(self, address: str, how: str) -> None:
        """How the destination is reached there: open, refused, silent, unreachable."""
        (self.folder / "networks" / address).write_text(how, encoding="utf-8")

    def process(self, pid: int, *words: str, namespace: str = "pid:[1]") -> None:
        """A process of the node; its number is *pid* beyond all that real ones can have."""
        home = self.proc / str(FREE + pid)
        (home / "ns").mkdir(parents=True)
        (home / "ns" / "pid").symlink_to(namespace)
        (home / "cmdline").write_bytes(b"".join(word.encode() + b"\0" for word in words))

    def emulator(self, name: str = "web", uuid: str = UUID, pid: int = 41, namespace: str = "pid:[1]") -> None:
        """A QEMU as libvirt starts it."""
        escaped = name.replace(",", ",,")
        words = ("/usr/bin/qemu-system-x86_64", "-name", f"guest={escaped},debug-threads=on", "-S", "-uuid", uuid)
        self.process(pid, *words, namespace=namespace)

    def run(self, action: str, extra: Mapping[str, str] | None = None) -> Ended:
        """Carry one action out."""
        done = subprocess.run(
            ["/bin/sh", str(self.script), action],
            env=os.environ | self.environment | dict(extra or {}),
            capture_output=True,
            text=True,
            check=False,
            timeout=stretched(PROGRAM_PATIENCE),
        )
        said = [line for line in done.stderr.splitlines() if line.startswith("ocf-exit-reason:")]
        noise = [line for line in done.stderr.splitlines() if not line.startswith("ocf-exit-reason:")]
        assert not noise, noise
        return Ended(done.returncode, said[-1].removeprefix("ocf-exit-reason:") if said else "", done.stdout)

    def monitor(self) -> Ended:
        """The recurring monitor."""
        return self.run("monitor", {"OCF_RESKEY_CRM_meta_interval": "10000"})

    def probe(self) -> Ended:
        """The monitor by which Pacemaker finds out where something runs."""
        return self.run("monitor", {"OCF_RESKEY_CRM_meta_interval": "0"})

    def calls(self, word: str = "") -> list[str]:
        """The calls of programs so far that contain a word, oldest first."""
        try:
            lines = (self.folder / "calls").read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return []
        return [line for line in lines if word in line]

    def told(self) -> list[str]:
        """The attempts in the node attribute, oldest first."""
        text = (self.folder / "private" / "fcm-move-web").read_text(encoding="utf-8")
        return text.split("; ") if text else []
