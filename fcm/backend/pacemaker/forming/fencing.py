"""The fencing device: its password, asked by hand from every node, and then as resources of Pacemaker.

Each node has a device of its own (``fence-NODE``) with all its options, which runs on any other node: this fits a power
switch for all as well as a management board in each node. Source of the options: pacemaker-fenced(7).
"""

from __future__ import annotations

import shlex
from base64 import b64encode
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

from fcm.backend.pacemaker.remote.lines import at_once
from fcm.backend.pacemaker.steps import Step
from fcm.mistakes import SentenceError
from fcm.text.words import quoted

if TYPE_CHECKING:
    from fcm.backend.pacemaker.forming.plan import ClusterPlan, PlannedNode

FOLDER = "/etc/fcm"
"""Of the nodes, for passwords."""
LONGEST = 4096
"""bytes of a password."""
MONITOR = 60
"""s between two questions to a fencing device."""


class PasswordError(SentenceError):
    """The file with the password for fencing cannot be used."""


def read_password(path: str) -> str:
    """The password in a file of this computer, without the end of its line; blocks.

    Raises:
        PasswordError: it cannot be read, is empty or no password.
    """
    try:
        with Path(path).open("rb") as file:
            raw = file.read(LONGEST + 1)
    except OSError as error:
        raise PasswordError(f"The password for fencing cannot be read from {path}: {error.strerror}.") from None
    try:
        text = raw.decode().rstrip("\r\n")
    except UnicodeDecodeError:
        text = ""
    if len(raw) > LONGEST or not text or not text.isprintable():
        raise PasswordError(f"{quoted(path)} contains no password: one line of text, {LONGEST} bytes at most.")
    return text


def password_files(plan: ClusterPlan) -> tuple[str, ...]:
    """The files of this computer that hold passwords, each once."""
    return tuple(dict.fromkeys(node.fencing.password_file for node in plan.nodes if node.fencing.password_file))


def password_steps(plan: ClusterPlan, passwords: dict[str, str]) -> list[Step]:
    """Place the passwords on every node, by standard input, readable by root alone."""
    files = password_files(plan)
    if not files:
        return []
    text = "".join(
        f"fencing-{number} {b64encode(passwords[path].encode()).decode()}\n" for number, path in enumerate(files, 1)
    )
    script = f"""\
umask 077
mkdir -p {FOLDER}
while read -r name password; do
    printf '%s' "$password" | base64 -d >{FOLDER}/$name.secret
    printf '#!/bin/sh\\nexec cat %s\\n' {FOLDER}/$name.secret >{FOLDER}/$name
    chmod 600 {FOLDER}/$name.secret
    chmod 700 {FOLDER}/$name
done"""
    undo = f"rm -f {FOLDER}/fencing-*; rmdir {FOLDER} 2>/dev/null || :"
    return [Step("Store the password for fencing", node, script, undo=undo, stdin=text.encode()) for node in plan.names]


def options_of(plan: ClusterPlan, node: PlannedNode) -> dict[str, str]:
    """What the fence agent is told to switch a node off; no secret among it."""
    options = dict(node.fencing.options)
    if node.fencing.password_file:
        options["passwd_script"] = f"{FOLDER}/fencing-{password_files(plan).index(node.fencing.password_file) + 1}"
    elif node.fencing.passwd_script:
        options["passwd_script"] = node.fencing.passwd_script
    return options


def ask_steps(plan: ClusterPlan) -> list[Step]:
    """Ask the fencing device from each node for the power of every other one, as the fencer of Pacemaker would."""
    steps = []
    for asking in plan.nodes:
        lines = ["LC_ALL=C; export LC_ALL"]
        for node in plan.nodes:
            if node is asking:
                continue
            # What begins with pcmk_ is for Pacemaker's fencer, which keeps it from the agent.
            options = {key: value for key, value in options_of(plan, node).items() if not key.startswith("pcmk_")}
            # As Pacemaker's fencer does: the name of the node, and as its plug unless the options say another one.
            given = {"action": "status", "nodename": node.name}
            if "plug" not in options and "port" not in options:
                given["port"] = node.name
            words = "\\n".join(f"{key}={value}" for key, value in {**given, **options}.items())
            lines += [
                f"printf {shlex.quote('%b')} {shlex.quote(words + chr(92) + 'n')} | timeout 60 {plan.agent} || {{",
                f'    echo "fcm: {plan.agent} does not report whether {node.name} is on (code $?)." >&2',
                "    exit 1",
                "}",
            ]
        steps.append(
            Step(
                "Ask the fencing device for the power state of the other nodes",
                asking.name,
                "\n".join(lines),
                limit=60.0 * len(plan.nodes),
                remedy="Correct [fencing] in the hosts file. Until it works, nothing can be made highly available.",
            )
        )
    return steps


def device_id(node: str) -> str:
    """Id of the resource that switches a node off."""
    return f"fence-{node}"


def device_xml(plan: ClusterPlan, node: PlannedNode) -> str:
    """The resource."""
    identity = device_id(node.name)
    values = {"pcmk_host_list": node.name, "pcmk_host_check": "static-list", **options_of(plan, node)}
    pairs = "".join(
        f"<nvpair id={quoteattr(f'{identity}-{name}')} name={quoteattr(name)} value={quoteattr(value)}/>"
        for name, value in values.items()
    )
    return (
        f'<primitive id={quoteattr(identity)} class="stonith" type={quoteattr(plan.agent)}>'
        f"<instance_attributes id={quoteattr(identity + '-options')}>{pairs}</instance_attributes>"
        f'<operations><op id={quoteattr(identity + "-monitor")} name="monitor" interval="{MONITOR}s" timeout="60s"/>'
        f"</operations></primitive>"
    )


def device_steps(plan: ClusterPlan) -> list[Step]:
    """A fencing device for each node, which never runs on that node, and its test by Pacemaker."""
    steps = []
    for node in plan.nodes:
        identity, rule = device_id(node.name), f"{device_id(node.name)}-elsewhere"
        constraint = f'<rsc_location id="{rule}" rsc="{identity}" node="{node.name}" score="-INFINITY"/>'
        resource = shlex.quote(device_xml(plan, node))
        script = f"""\
if cibadmin -Q -A "//primitive[@id='{identity}']" >/dev/null 2>&1; then
    cibadmin -R -o resources -X {resource} || exit 1
else
    cibadmin -C -o resources -X {resource} || exit 1
fi
cibadmin -Q -A "//rsc_location[@id='{rule}']" >/dev/null 2>&1 ||
    cibadmin -C -o constraints -X {shlex.quote(constraint)}"""
        # At once: else it starts on its own node and leaves it, and a monitor that comes too late counts as failed.
        steps.append(
            Step(f"Configure fencing of {node.name}", None, at_once([script]), script, undo=removal(node.name))
        )
    return [*steps, wait_step(plan)]


def removal(node: str) -> str:
    """Script that removes the fencing device of a node from the configuration; none is no harm."""
    return f"""\
pidof pacemakerd >/dev/null || exit 0
cibadmin -D -X '<rsc_location id="{device_id(node)}-elsewhere"/>' 2>/dev/null
cibadmin -D -X '<primitive id="{device_id(node)}"/>' 2>/dev/null
:"""


def power_test_steps(plan: ClusterPlan, node: str) -> list[Step]:
    """Switch a node off by its fencing device, as Pacemaker does when it is lost: the only test that is a proof."""
    idle = "timeout 10 virsh -q -c qemu:///system list --name 2>/dev/null"
    other = next(name for name in plan.names if name != node)
    return [
        Step(
            "Make sure that no virtual machine is running there",
            node,
            f"""\
running=$({idle}) || {{ echo "fcm: libvirtd of {node} does not respond." >&2; exit 1; }}
[ -z "$(printf '%s' "$running" | tr -d '[:space:]')" ] || {{
    echo "fcm: Virtual machines run on {node}: $(echo $running)." >&2
    exit 1
}}""",
            shown="virsh list --name",
            remedy="Drain the node first.",
        ),
        Step(
            f"Fence {node}",
            other,
            f"stonith_admin --reboot {node} --timeout 120",
            limit=140.0,
            remedy="Correct [fencing] in the hosts file. Until it works, nothing can be made highly available.",
        ),
    ]


def wait_step(plan: ClusterPlan) -> Step:
    """Wait until every device was started and answered Pacemaker."""
    count = len(plan.nodes)
    started = (
        "crm_mon -1 --output-as=xml | grep '<resource id=\"fence-' | grep 'role=\"Started\"' | "
        "grep 'failed=\"false\"' | grep -vc 'pending=' "
    )
    return Step(
        "Wait until the fencing devices respond to Pacemaker",
        None,
        f"""\
for _ in $(seq 200); do
    [ "$({started})" = {count} ] && exit 0
    sleep 0.3
done
crm_mon -1 -f | sed -n '/Failed/,$p' >&2
echo "fcm: Not all fencing devices respond." >&2
exit 1""",
        check=f'[ "$({started})" = {count} ]',
        limit=90.0,
        remedy="Correct [fencing] in the hosts file. Until it works, nothing can be made highly available.",
    )
