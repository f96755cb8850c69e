"""A cluster in which everything that a person can name has a long name that occurs nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

CLUSTER, DOMAIN = "Quibbleflaxen", "zorblattery.gnarpfield.example"
NODES = ("vexmorrow-alpha", "drizzlebane-two", "ombrewick-third")
MACHINES = ("Płockwendel Ümläut & Søn", "grimthorpe<sql>"[:10] + "-ledger", "Snorklewhisk 100%")
NETWORKS = ("Wobblemere Backbone", "Trundlequay Storage")
DISKS = ("Fizzlewort Witness", "Crumplehorn Payroll", "Yarrowsnipe Volume")
FOLDER = "Blatherskite-Folder"
SWITCHES = ("Pumblechook Uplink", "Jabberwex Tenant")
DESCRIPTION = "Rack of Mr Featherstonehaugh, Zwickelgasse"
MEDIA = r"\\quartzhamster\installations\Murgatroyd Setup.iso"
ADDRESSES = ("172.31.77.", "192.168.143.")
SHARE_HOST = "quartzhamster"

TEXT = f"""
format = 1
[cluster]
name = "{CLUSTER}"
domain = "{DOMAIN}"
address = "172.31.77.10"
shared_volumes = true
quorum = "NodeAndDiskMajority"
[[processors]]
name = "Intel Xeon X5670"
vendor = "GenuineIntel"
features = ["sse4.2", "aes"]
"""


def text() -> str:
    """The cluster file."""
    parts = [TEXT]
    switches = ", ".join(f'"{one}"' for one in SWITCHES)
    for node in NODES:
        parts.append(
            f'[[nodes]]\nname = "{node}"\nmemory = "16 GiB"\nprocessor = "Intel Xeon X5670"\nswitches = [{switches}]\n'
        )
    for number, (network, address) in enumerate(zip(NETWORKS, ADDRESSES, strict=True)):
        pairs = ", ".join(f'{node} = "{address}{11 + place}"' for place, node in enumerate(NODES))
        role = "internal and client" if number == 0 else "internal"
        parts.append(
            f'[[networks]]\nname = "{network}"\nsubnet = "{address}0/24"\nrole = "{role}"\n'
            f'description = "{DESCRIPTION}"\naddresses = {{ {pairs} }}\n'
        )
    for disk, use in zip(DISKS, ("Disk Witness in Quorum", "Available Storage", "Cluster Shared Volume"), strict=True):
        folder = f'folder = "{FOLDER}"\n' if use == "Cluster Shared Volume" else ""
        parts.append(f'[[disks]]\nname = "{disk}"\nuse = "{use}"\nsize = "100 GiB"\n{folder}')
    for machine, disk in zip(MACHINES, (DISKS[1], DISKS[2], DISKS[2]), strict=True):
        parts.append(
            f'[[machines]]\nname = "{machine}"\nnode = "{NODES[0]}"\nmemory = "1 GiB"\ndisk = "{disk}"\n'
            f'switch = "{SWITCHES[0]}"\nhighly_available = true\nworkload = "web-server"\n'
            + (f"media = '{MEDIA}'\n" if machine == MACHINES[-1] else "")
        )
    return "\n".join(parts)


def write(folder: Path) -> str:
    """Write the cluster file; its URI."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "Hobbledehoy-file.toml"
    path.write_text(text(), encoding="utf-8")
    return f"embedded:{path}"


def secrets() -> list[str]:
    """What must not occur anywhere."""
    words = [
        CLUSTER, DOMAIN, *DOMAIN.split(".")[:2], *NODES, *MACHINES, *NETWORKS, *DISKS, FOLDER, *SWITCHES, DESCRIPTION,
        MEDIA, "Hobbledehoy", *(f"{one}1" for one in ADDRESSES), *(one.rstrip(".") for one in ADDRESSES),
    ]  # fmt: skip
    parts = ("Płockwendel", "Ümläut", "grimthorpe", "Snorklewhisk", "Wobblemere", "Trundlequay", "Fizzlewort",
             "Crumplehorn", "Yarrowsnipe", "Blatherskite", "Pumblechook", "Jabberwex", "Featherstonehaugh",
             "Zwickelgasse", SHARE_HOST, "Murgatroyd", "vexmorrow", "drizzlebane", "ombrewick")  # fmt: skip
    return [*words, *parts]
