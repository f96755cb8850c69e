"""A machine that runs comes under Pacemaker without a restart, and leaves it without a stop, as steps.

The order is the safety: a new resource comes in unmanaged, so that whatever the agent answers stops nothing and fences
nobody; it is managed only after Pacemaker found the machine where it runs and nowhere else, and its scheduler, asked
before, says that it would leave everything as it is. On the way out the definition is given back to libvirt before the
resource is deleted. Each step may be carried out again, so that a run that was killed goes on; marks in the CIB
(``fcm-adopting``, ``fcm-releasing``) say that it was. Measured: 4.5 s in, 4.9 s out, the same QEMU process.
"""

from __future__ import annotations

from dataclasses import dataclass
from shlex import quote
from typing import TYPE_CHECKING

from fcm.backend.pacemaker.mapping import ADOPTING, RELEASING
from fcm.backend.pacemaker.remote import agent, lines
from fcm.backend.pacemaker.steps import Step

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER = "fcm-machines"
"""Of the shared storage: the definitions of the machines that Pacemaker manages; the only truth about them."""
CALL = 60.0
"""s that one step may take."""
WAITING = lines.WAIT + 30.0
"""s that a step that waits for the cluster may take."""
SETTLE_TRIES = 20
"""Looks at the cluster, 0.5 s apart, until a machine must have been found as it is."""
_VIRSH = "timeout 20 virsh -q -c qemu:///system"


@dataclass(frozen=True, slots=True)
class Adoption:
    """What is to be known of a machine and its cluster."""

    resource: str
    """Id of its resource."""
    uuid: str
    name: str
    node: str
    """Where it is."""
    running: bool
    storage: str
    """Folder of the shared storage."""
    memory: int
    """MiB."""
    peers: Mapping[str, str]
    """Node -> URI by which the others reach its libvirtd; all nodes of the cluster."""
    options: str = ""
    """Further words for virsh migrate."""

    @property
    def config(self) -> str:
        """File of its definition."""
        return f"{self.storage.rstrip('/')}/{FOLDER}/{self.resource}.xml"


def adoption_steps(machine: Adoption) -> list[Step]:
    """Everything from the first check to a machine that Pacemaker manages."""
    return [
        *(_check_agent(node) for node in machine.peers),
        *(_check_peers(node, machine) for node in machine.peers),
        _store(machine),
        *(_try_agent(node, machine) for node in machine.peers),
        _add(machine),
        _probe(machine),
        _rehearse(machine),
        *(_undefine(node, machine) for node in machine.peers),
        _manage(machine),
        _confirm(machine),
    ]


def release_steps(machine: Adoption) -> list[Step]:
    """Everything until libvirt alone manages the machine again, on the node where it is."""
    return [
        _keep_orphans(),
        _unmanage(machine),
        _define(machine),
        _delete(machine),
        _forget(machine),
        _drop(machine),
    ]


def _query(machine: Adoption) -> str:
    return lines.line("cibadmin", "-Q", "--xpath", f"//primitive[@id='{machine.resource}']")


# In


def _check_agent(node: str) -> Step:
    said = f"The agent of this fcm, version {agent.VERSION}, is not installed on {node}."
    script = f"( {agent.check_script()} ) || {{ echo {quote('fcm: ' + said)} >&2; exit 1; }}"
    return Step(
        "Check the agent",
        node,
        script,
        shown=f"sha256sum {agent.PATH} && {agent.PATH} meta-data",
        remedy="Run “fcm hosts cluster create” again: it brings the agents of all nodes up to date.",
    )


def _check_peers(node: str, machine: Adoption) -> Step:
    """The agent moves machines without fcm, so the nodes must reach each other by themselves."""
    checks, shown = [], []
    for other, uri in machine.peers.items():
        if other == node:
            continue
        call = lines.line("virsh", "-q", "-c", uri, "uri")
        said = f"fcm: {node} cannot reach libvirtd of {other} at {uri}: "
        shown.append(call)
        checks.append(
            f"said=$(timeout 10 {call} 2>&1 </dev/null) || "
            f"{{ printf '%s%s\\n' {quote(said)} \"$(echo \"$said\" | tail -n 1 | sed 's/^error: //')\" >&2; exit 1; }}"
        )
    return Step(
        "Check the connections to the other nodes",
        node,
        "\n".join(checks) or ":",
        shown="\n".join(shown),
        limit=CALL,
        remedy="Nodes must reach each other without a password: by certificates (qemu+tls) or by a key of root (ssh).",
    )


def _store(machine: Adoption) -> Step:
    """A definition with its UUID: without it, each start would make another machine (measured)."""
    file, uuid = quote(machine.config), quote(machine.uuid)
    script = f"""\
set -eu
umask 077
persistent=$({_VIRSH} dominfo {uuid} | sed -n 's/^Persistent: *//p')
if [ "$persistent" = no ] && grep -q {quote(f"<uuid>{machine.uuid}</uuid>")} {file} 2>/dev/null; then
    exit 0 # undefined by an earlier run, which stored it
fi
if {_VIRSH} dominfo {uuid} | grep -q '^Managed save: *yes'; then
    echo {quote(f"fcm: {machine.name} is saved, and its saved state would be lost.")} >&2
    exit 1
fi
if [ -n "$({_VIRSH} snapshot-list {uuid} --name 2>/dev/null | tr -d '[:space:]')" ]; then
    echo {quote(f"fcm: {machine.name} has snapshots, which Pacemaker would not move with it.")} >&2
    exit 1
fi
mkdir -p "$(dirname {file})"
{_VIRSH} dumpxml --inactive --security-info {uuid} >{file}.new
grep -q {quote(f"<uuid>{machine.uuid}</uuid>")} {file}.new
sync {file}.new
mv -f {file}.new {file}"""
    undo = f"""\
persistent=$({_VIRSH} dominfo {uuid} | sed -n 's/^Persistent: *//p')
[ "$persistent" != yes ] || rm -f {file} {file}.new"""
    shown = f"virsh dumpxml --inactive --security-info {uuid} >{file}"
    remedy = "Start a saved machine, or delete its snapshots, and try again."
    return Step("Store its definition on the shared storage", machine.node, script, shown, "", undo, remedy=remedy)


def _try_agent(node: str, machine: Adoption) -> Step:
    """An agent with a fault once had all nodes fenced: so it is run by hand first, everywhere (measured)."""
    expected = 0 if machine.running and node == machine.node else 7
    environment = {
        "OCF_ROOT": "/usr/lib/ocf",
        "OCF_RESOURCE_INSTANCE": machine.resource,
        "OCF_RESKEY_config": machine.config,
        "OCF_RESKEY_name": machine.name,
        "OCF_RESKEY_CRM_meta_timeout": "30000",
        "OCF_RESKEY_CRM_meta_interval": "0",
        "OCF_RESKEY_CRM_meta_fcm_uuid": machine.uuid,
    }
    words = [f"{name}={value}" for name, value in environment.items()]
    validate = lines.line("env", *words, "OCF_CHECK_LEVEL=10", agent.PATH, "validate-all")
    monitor = lines.line("env", *words, agent.PATH, "monitor")
    tell = "printf 'fcm: %s\\n' \"$(printf '%s' \"$said\" | tail -n 1 | sed 's/^ocf-exit-reason://')\" >&2"
    found = "running" if expected else "not running"
    wrong = f"fcm: On {node} the agent found {machine.name} {found}, with code "
    # What the agent has kept of an earlier machine of this name would be taken for this one's UUID in probes.
    kept = quote(f"fcm-{machine.resource}.uuid")
    script = f"""\
rm -f "${{HA_RSCTMP:-/run/resource-agents}}"/{kept}
said=$({validate} 2>&1) || {{ {tell}; exit 1; }}
said=$({monitor} 2>&1)
code=$?
[ $code = {expected} ] || {{ printf '%s%s. %s\\n' {quote(wrong)} "$code" "$said" >&2; exit 1; }}"""
    title = f"Run the agent by hand (must return {expected})"
    remedy = "The definition and the disks must be on storage that every node reaches."
    return Step(title, node, script, shown=f"{agent.PATH} monitor", limit=CALL, remedy=remedy)


def _add(machine: Adoption) -> Step:
    meta = {"is-managed": "false", ADOPTING: "1"} | ({} if machine.running else {"target-role": "Stopped"})
    xml = lines.primitive(
        machine.resource, machine.uuid, machine.config, machine.name, machine.memory, machine.options, meta
    )
    there = f"{_query(machine)} 2>/dev/null"
    unmanaged = lines.set_meta(machine.resource, "is-managed", "false")
    undo = f"""\
{there} | grep -q {quote(machine.uuid)} || exit 0
{lines.set_property("stop-orphan-resources", "false")} &&
{unmanaged} &&
{lines.wait()} &&
{lines.delete(lines.element("primitive", {"id": machine.resource}))} &&
{lines.wait()} &&
{lines.refresh(machine.resource)}"""
    return Step(
        "Add it to the cluster, unmanaged",
        None,
        lines.create("resources", xml),
        check=f"{there} | grep -q {quote(machine.uuid)}",
        undo=undo,
        limit=2 * WAITING,
    )


def _probe(machine: Adoption) -> Step:
    """What the agent on all nodes has told Pacemaker."""
    # A run that was killed may have let Pacemaker manage it already. What an earlier resource of this name has left
    # would be taken for an answer.
    unmanage = lines.set_meta(machine.resource, "is-managed", "false")
    script = f"""\
{unmanage} >/dev/null || exit 1
{lines.refresh(machine.resource)} >/dev/null 2>&1 || :
{lines.wait()} || :
{_found(machine, managed=False)}"""
    remedy = f"{machine.name} was not changed. See /var/log/pacemaker/pacemaker.log on the nodes."
    shown = f"{unmanage}\n{lines.refresh(machine.resource)}\n{lines.wait()}\ncrm_mon -1 --output-as=xml"
    return Step("Let Pacemaker check all nodes for it", None, script, shown, limit=WAITING, remedy=remedy)


def _found(machine: Adoption, managed: bool) -> str:
    """Script that fails with words unless Pacemaker has found the machine exactly where it is."""
    role, count = ("Started", 1) if machine.running else ("Stopped", 0)
    wanted = [f'role="{role}"', 'failed="false"', 'blocked="false"', f'nodes_running_on="{count}"']
    wanted += [f'managed="{str(managed).lower()}"', 'orphaned="false"']
    tests = "\n".join(f"    {{ case $line in *{quote(one)}*) ;; *) false ;; esac; }} &&" for one in wanted)
    here = quote('<node name="' + machine.node + '"')
    place = f"printf '%s' \"$node\" | grep -q {here}" if machine.running else ":"
    begins = quote('<resource id="' + machine.resource + '"')
    where = f"running on {machine.node} alone" if machine.running else "off"
    look = f"""\
found=$(crm_mon -1 --output-as=xml | grep -A 1 {begins})
line=$(printf '%s\\n' "$found" | sed -n 1p) node=$(printf '%s\\n' "$found" | sed -n 2p)
{{
{tests}
    {place}
}} || {{
    role=$(printf '%s' "$line" | sed -n 's/.* role="\\([^"]*\\)".*/\\1/p')
    number=$(printf '%s' "$line" | sed -n 's/.*nodes_running_on="\\([^"]*\\)".*/\\1/p')
    printf '%s%s on %s nodes.\\n' {quote(f"fcm: Pacemaker did not find {machine.name} {where}: ")} \\
        "${{role:-nothing}}" "${{number:-0}}" >&2
    exit 1
}}"""
    # The cluster may be quiet for a moment before it begins to look.
    return f"""\
tries={SETTLE_TRIES}
until said=$( ( {look} ) 2>&1 ); do
    tries=$((tries - 1))
    [ $tries -gt 0 ] || {{ printf '%s\n' "$said" >&2; exit 1; }}
    sleep 0.5
done"""


def _rehearse(machine: Adoption) -> Step:
    manage = lines.delete_meta(machine.resource, "is-managed")
    said = f"fcm: Pacemaker would change the state of machines if it managed {machine.name}: "
    script = f"""\
set -e
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cibadmin -Q >"$folder/cib.xml"
CIB_file="$folder/cib.xml" {manage} >/dev/null
planned=$(crm_simulate -R -x "$folder/cib.xml" --output-as=xml |
    sed -n 's/^ *<rsc_action action="\\([^"]*\\)" resource="\\([^"]*\\)".*/\\1 \\2/p' | grep -v ' fence-' || :)
[ -z "$planned" ] || {{
    printf '%s%s.\\n' {quote(said)} "$(echo $planned)" >&2
    exit 1
}}"""
    shown = f"cibadmin -Q >cib.xml\nCIB_file=cib.xml {manage}\ncrm_simulate -R -x cib.xml"
    remedy = "The memory of the nodes may be too small for all machines that are to be highly available."
    return Step("Ask the scheduler what it would do", None, script, shown, limit=CALL, remedy=remedy)


def _undefine(node: str, machine: Adoption) -> Step:
    """A definition that libvirt keeps is a second truth: a node that boots could start it (measured)."""
    uuid, file = quote(machine.uuid), quote(machine.config)
    kept = f"{_VIRSH} list --all --persistent --uuid | grep -q {uuid}"
    gone = f"said=$({_VIRSH} list --all --persistent --uuid) && ! printf '%s' \"$said\" | grep -q {uuid}"
    script = f"""\
if {kept}; then
    {_VIRSH} undefine {uuid} --keep-nvram 2>/dev/null || {_VIRSH} undefine {uuid}
fi"""
    undo = f"{kept} || {_VIRSH} define {file}" if node == machine.node else ""
    shown = f"virsh undefine {uuid}"
    return Step("Remove the definition from libvirt", node, script, shown, gone, undo, limit=CALL)


def _manage(machine: Adoption) -> Step:
    script = f"""\
set -e
{lines.delete_meta(machine.resource, "is-managed")}
{lines.wait()} || :"""
    there = _query(machine)
    undo = f"""\
{there} 2>/dev/null | grep -q {quote(machine.uuid)} || exit 0
{lines.set_meta(machine.resource, "is-managed", "false")}"""
    check = f"said=$({there}) && ! printf '%s' \"$said\" | grep -q 'name=\"is-managed\"'"
    return Step("Let Pacemaker manage it", None, script, check=check, undo=undo, limit=WAITING)


def _confirm(machine: Adoption) -> Step:
    script = f"""\
{_found(machine, managed=True)}
{lines.delete_meta(machine.resource, ADOPTING)}"""
    return Step("Check that it is managed and still running", None, script, "crm_mon -1 --output-as=xml", limit=CALL)


# Out


def _keep_orphans() -> Step:
    """Without it, a resource that is deleted is stopped, and its node fenced if that fails (measured)."""
    name = "stop-orphan-resources"
    check = f'[ "$(crm_attribute -n {name} -G -q 2>/dev/null)" = false ]'
    return Step("Keep removed machines running", None, lines.set_property(name, "false"), check=check)


def _unmanage(machine: Adoption) -> Step:
    is_there = f"{_query(machine)} >/dev/null 2>&1"
    script = f"""\
set -e
{is_there} || exit 0
{lines.set_meta(machine.resource, RELEASING, "1")}
{lines.set_meta(machine.resource, "is-managed", "false")}
{lines.wait()} || :"""
    undo = f"""\
{is_there} || exit 0
{lines.delete_meta(machine.resource, "is-managed")} && {lines.delete_meta(machine.resource, RELEASING)}"""
    return Step("Make it unmanaged", None, script, undo=undo, limit=WAITING)


def _define(machine: Adoption) -> Step:
    uuid, file = quote(machine.uuid), quote(machine.config)
    kept = f"{_VIRSH} list --all --persistent --uuid | grep -q {uuid}"
    undo = f"! {kept} || {_VIRSH} undefine {uuid} --keep-nvram 2>/dev/null || {_VIRSH} undefine {uuid}"
    title = "Define it in libvirt again"
    return Step(title, machine.node, f"{_VIRSH} define {file}", f"virsh define {file}", kept, undo, limit=CALL)


def _delete(machine: Adoption) -> Step:
    name = machine.resource
    constraints = [
        lines.line("cibadmin", "--delete-all", "--force", "--xpath", f"//constraints/{xpath}")
        for xpath in (
            f"rsc_location[@rsc='{name}']",
            f"rsc_colocation[@rsc='{name}']",
            f"rsc_colocation[@with-rsc='{name}']",
        )
    ]
    body = [*constraints, lines.delete(lines.element("primitive", {"id": name})), f"{lines.wait()} || :"]
    return Step(
        "Delete it from the cluster",
        None,
        lines.script(body),
        check=f"! {_query(machine)} >/dev/null 2>&1",
        limit=WAITING,
    )


def _forget(machine: Adoption) -> Step:
    # Its history is kept otherwise, and shown as orphaned.
    script = f"{lines.refresh(machine.resource)} || :"
    return Step("Delete its history from the cluster", None, script, lines.refresh(machine.resource), limit=CALL)


def _drop(machine: Adoption) -> Step:
    file = quote(machine.config)
    script = f"""\
{_VIRSH} list --all --persistent --uuid | grep -q {quote(machine.uuid)} || exit 1
rm -f {file} {file}.new"""
    return Step("Remove its definition from the shared storage", machine.node, script, f"rm {file}", f"[ ! -e {file} ]")


def release_of(resource: str, node: str, uuid: str, config: str) -> list[Step]:
    """The steps that take a machine out of which only the resource is known.

    Args:
        resource: its id.
        node: where the machine runs; one that is off: whichever node is to have its definition.
        uuid: its meta attribute ``fcm-uuid``.
        config: its parameter ``config``.
    """
    storage = config.rpartition("/")[0].rpartition("/")[0]
    return release_steps(Adoption(resource, uuid, resource, node, True, storage, 0, {}))
