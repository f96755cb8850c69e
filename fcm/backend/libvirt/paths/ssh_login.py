"""How this program logs in to a host by ssh: the words of the command, said once for all that is asked that way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.backend.libvirt.configuration.uris import SSH, UriError, parse_host_uri

if TYPE_CHECKING:
    from fcm.backend.libvirt.configuration.hosts_file import Host
    from fcm.backend.libvirt.configuration.uris import SshLogin

LOGIN_LIMIT = 5.0
"""s that a login may take."""

_SSH = ("ssh", "-T", "-o", "BatchMode=yes", "-o", f"ConnectTimeout={LOGIN_LIMIT:.0f}")


def uri_login(uri: str) -> list[str]:
    """The ssh command of a qemu+ssh URI; [] for other URIs and for those with a program of their own.

    A library of libvirt (qemu+libssh, qemu+libssh2) does not read the configuration of ssh, so ssh leaves it out as
    well and comes to the same host. Parameters of the URI: https://libvirt.org/uri.html, "ssh transport", "libssh".
    """
    try:
        parts = parse_host_uri(uri)
    except UriError:
        return []
    if parts.transport not in SSH or parts.host is None or "command" in parts.parameters:
        return []
    command = list(_SSH)
    if parts.transport != "ssh":
        command += ["-F", "none"]
    if not parts.is_verified:
        checking = "accept-new" if parts.parameters.get("known_hosts_verify") == "auto" else "no"
        command += ["-o", f"StrictHostKeyChecking={checking}"]
    if "known_hosts" in parts.parameters:
        command += ["-o", f'UserKnownHostsFile="{parts.parameters["known_hosts"]}"']
    if "keyfile" in parts.parameters:
        command += ["-i", parts.parameters["keyfile"]]
    if parts.user:
        command += ["-l", parts.user]
    if parts.port:
        command += ["-p", str(parts.port)]
    return [*command, "--", parts.host]


def login_command(login: SshLogin) -> list[str]:
    """The ssh command of a login."""
    return [*_SSH, *login.words]


def host_login(host: Host) -> list[str]:
    """The ssh command of a host: by its own login in the hosts file, else by its qemu+ssh URI; [] without both."""
    return login_command(host.ssh) if host.ssh is not None else uri_login(host.uri)
