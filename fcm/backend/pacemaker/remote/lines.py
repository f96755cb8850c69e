"""Command lines of Pacemaker and libvirt, quoted for a shell; nothing here runs them.

Source: crm_resource(8), crm_attribute(8), cibadmin(8), attrd_updater(8), virsh(1) of Pacemaker 2.1.5 and libvirt 9.0.
Options that Pacemaker 3.0 no longer has are not used.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

from fcm.backend.pacemaker.remote.agent import NAME as AGENT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

WAIT = 60
"""s that ``wait`` lets the cluster come to rest."""
STOP_TIMEOUT = 180
"""s for a guest to shut down; after it, it is turned off (by the agent, well before Pacemaker's own limit)."""
MIGRATE_TIMEOUT = 3600
"""s that a live migration over all networks may take."""
LIFETIME = "PT2H"
"""Of a preference that begins a move: longer than a move can take, so that it ends by itself if fcm does not end it."""
LIVE = "migrate_options"


def line(*words: str) -> str:
    """One command line."""
    return shlex.join(words)


def script(lines: Iterable[str]) -> str:
    """Command lines of which the first that fails ends the script."""
    return "set -e\n" + "\n".join(lines)


def at_once(lines: Iterable[str]) -> str:
    """Script that changes the configuration by all these command lines in one step, or by none of them.

    One after the other they would be acted on one by one: the first of two preferences taken away moves a machine
    (seen). This is what pcs does for ``cib-push``; changes of others meanwhile are kept.
    """
    return "\n".join(
        (
            "( set -e; umask 077",
            "folder=$(mktemp -d)",
            "trap 'rm -rf \"$folder\"' EXIT",
            'cibadmin -Q >"$folder/before.xml"',
            'cp "$folder/before.xml" "$folder/after.xml"',
            '( set -e; export CIB_file="$folder/after.xml"',
            *lines,
            ") >&2",
            "code=0",
            'crm_diff --original "$folder/before.xml" --new "$folder/after.xml" --no-version >"$folder/patch.xml" ||',
            "    code=$?",
            # 1: they differ.
            '[ "$code" -ne 1 ] || cibadmin --patch --xml-file "$folder/patch.xml"',
            '[ "$code" -le 1 ] )',
        )
    )


def element(name: str, attributes: Mapping[str, str], *inside: str) -> str:
    """An XML element; what is ``inside`` is XML already."""
    words = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    return f"<{name}{words}>{''.join(inside)}</{name}>" if inside else f"<{name}{words}/>"


# Machines


def set_meta(resource: str, name: str, value: str) -> str:
    """A meta attribute: no change of one restarts a machine."""
    return line("crm_resource", "-r", resource, "--meta", "-p", name, "-v", value)


def delete_meta(resource: str, name: str) -> str:
    """Take a meta attribute away; it need not be there."""
    return line("crm_resource", "-r", resource, "--meta", "-d", name)


def set_parameter(resource: str, name: str, value: str) -> str:
    """A parameter; only those that the agent marks as reloadable may be changed while the machine runs."""
    return line("crm_resource", "-r", resource, "-p", name, "-v", value)


def delete_parameter(resource: str, name: str) -> str:
    """Take a parameter away; the same holds as for ``set_parameter``."""
    return line("crm_resource", "-r", resource, "-d", name)


def move(resource: str, node: str) -> str:
    """Prefer a node for some time; what runs migrates there live."""
    return line("crm_resource", "-r", resource, "--move", "--node", node, f"--lifetime={LIFETIME}")


def clear(resource: str) -> str:
    """Take back what ``move`` set."""
    return line("crm_resource", "-r", resource, "--clear")


def refresh(resource: str) -> str:
    """Forget the whole history of a resource on all nodes; it is looked for on all of them again.

    Not ``--cleanup``, which deletes that of the failed node alone: what is left can read as half a migration.
    """
    return line("crm_resource", "--refresh", "-r", resource, "--force")


def wait(limit: int = WAIT) -> str:
    """Wait until the cluster has nothing more to do; takes up to 2 s longer than that (measured)."""
    return line("crm_resource", "--wait", f"--timeout={limit}")


def create(section: str, xml: str) -> str:
    """Add an element that is not there yet."""
    return line("cibadmin", "-o", section, "-C", "-X", xml)


def modify(section: str, xml: str) -> str:
    """Change an element, or add it."""
    return line("cibadmin", "-o", section, "-M", "--allow-create", "-X", xml)


def delete(xml: str) -> str:
    """Take an element away; it need not be there."""
    return line("cibadmin", "-D", "-X", xml)


def location(identity: str, resource: str, node: str, score: str) -> str:
    """A location constraint as XML."""
    return element("rsc_location", {"id": identity, "rsc": resource, "node": node, "score": score})


def primitive(
    identity: str,
    uuid: str,
    config: str,
    name: str,
    memory: int,
    options: str = "",
    meta: Mapping[str, str] | None = None,
) -> str:
    """The resource of a machine as XML.

    ``on-fail="block"`` on migrate_to is what keeps a machine at its source when a live migration fails or is canceled;
    with any other value Pacemaker restarts it (measured).

    Args:
        identity: of the resource.
        uuid: of the machine.
        config: file of its definition.
        name: of the machine in libvirt.
        memory: MiB.
        options: further words for virsh migrate.
        meta: further meta attributes.
    """
    parameters = {"config": config, "name": name} | ({LIVE: options} if options else {})
    metas = {"allow-migrate": "true", "fcm-uuid": uuid, **(meta or {})}
    operations = (
        ("monitor", {"interval": "10s", "timeout": "30s"}),
        ("start", {"interval": "0", "timeout": "120s"}),
        ("stop", {"interval": "0", "timeout": f"{STOP_TIMEOUT}s"}),
        ("migrate_to", {"interval": "0", "timeout": f"{MIGRATE_TIMEOUT}s", "on-fail": "block"}),
        ("migrate_from", {"interval": "0", "timeout": "120s"}),
    )
    _, provider, kind = AGENT.split(":")
    return element(
        "primitive",
        {"id": identity, "class": "ocf", "provider": provider, "type": kind},
        _pairs("instance_attributes", identity, parameters),
        _pairs("meta_attributes", identity, metas),
        _pairs("utilization", identity, {"memory": str(memory)}),
        element(
            "operations",
            {},
            *(element("op", {"id": f"{identity}-{op}", "name": op, **values}) for op, values in operations),
        ),
    )


def _pairs(kind: str, identity: str, values: Mapping[str, str]) -> str:
    # crm_resource adds to a set of this id, and would make a second set beside one of another id.
    of = f"{identity}-{kind}"
    pairs = (element("nvpair", {"id": f"{of}-{name}", "name": name, "value": value}) for name, value in values.items())
    return element(kind, {"id": of}, *pairs)


# Nodes and the cluster


def standby(node: str) -> str:
    """Everything leaves the node; what finds no room elsewhere is STOPPED, so rehearse it."""
    return line("crm_standby", "-N", node, "-v", "on")


def end_standby(node: str) -> str:
    """The node may own machines again."""
    return line("crm_standby", "-N", node, "-D")


def set_node(node: str, name: str, value: str) -> str:
    """A permanent node attribute."""
    return line("crm_attribute", "-N", node, "-n", name, "-v", value)


def delete_node(node: str, name: str) -> str:
    """Take a permanent node attribute away; it need not be there."""
    return line("crm_attribute", "-N", node, "-n", name, "-D")


def only_while(node: str, name: str, value: str) -> str:
    """Ends a script, and counts as done, where a permanent node attribute has another value or none."""
    asked = line("crm_attribute", "-N", node, "-n", name, "-G", "-q")
    return f'[ "$({asked} 2>/dev/null)" = {shlex.quote(value)} ] || exit 0'


def set_property(name: str, value: str) -> str:
    """A property of the cluster."""
    return line("crm_attribute", "-n", name, "-v", value)


def set_default(name: str, value: str) -> str:
    """What holds for machines that do not say otherwise."""
    return line("crm_attribute", "-t", "rsc_defaults", "-n", name, "-v", value)


def delete_default(name: str) -> str:
    """Take a default away; it need not be there."""
    return line("crm_attribute", "-t", "rsc_defaults", "-n", name, "-D")


def set_private(node: str, name: str, value: str) -> str:
    """A private attribute of a node: never part of the CIB, gone with the power of the node."""
    return line("attrd_updater", "-p", "-N", node, "-n", name, "-U", value)
