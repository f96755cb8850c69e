"""What is set in corosync.conf: votes of nodes, and how long a node may be silent; on all nodes, then told to all.

Source: corosync.conf(5), votequorum(5), corosync-qdevice(8): quorum_votes and token take effect with
``corosync-cfgtool -R``. Where not every node has one vote, the votes of the witness must be in the file: without them
Corosync turns it off 3 s later, and all virtual machines are stopped for want of quorum (measured with 3.1.7).
"""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from fcm.backend.pacemaker.forming.corosync_conf import PATH, reload_step
from fcm.backend.pacemaker.impact import OrderError, status_of
from fcm.backend.pacemaker.remote.shells import NodeUnreachableError
from fcm.model.rules.verdict import OK, Verdict, no, together

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.backend.pacemaker.context import Context
    from fcm.model import commands as cmd

LIMIT = 20.0
"""s that one node may take."""
LEAST_TOKEN = 1000
"""ms; shorter ones make busy nodes be fenced (the default of Corosync 3.1 is 3000)."""
_NODE = re.compile(r"^[ \t]*node[ \t]*\{.*?^[ \t]*\}[ \t]*\n?", re.MULTILINE | re.DOTALL)
_DEVICE = re.compile(r"^[ \t]*device[ \t]*\{[ \t]*\n", re.MULTILINE)
_DEVICE_VOTES = re.compile(r"^[ \t]*votes:.*\n", re.MULTILINE)
_VOTES = re.compile(r"^[ \t]*quorum_votes:.*\n?", re.MULTILINE)


def configure_node(context: Context, command: cmd.ConfigureNode) -> Verdict:
    """Give a node a vote, or none; blocks."""
    if command.weight is None:
        return OK
    status = status_of(context)
    weight = command.weight
    if weight not in (0, 1):
        return no("A node has one vote or none.")
    quorum = status.quorum
    if quorum is not None and weight == 0:
        left = sum(votes for node, votes in quorum.votes.items() if node != command.node) + quorum.device_votes
        if left < (quorum.expected - 1) // 2 + 1:
            return no(
                f"Without the vote of {command.node} the nodes that are up have no majority.", "Start the others first."
            )
        if quorum.device and not quorum.device_alive:
            return no("The witness does not respond, so votes cannot be changed safely.", "Start the witness first.")
    return rewrite(context, lambda text: with_votes(text, command.node, weight))


def configure_cluster(context: Context, command: cmd.ConfigureCluster) -> Verdict:
    """Heartbeats: delay times threshold is Corosync's token; blocks. Everything else has no counterpart."""
    cluster = context.state.cluster
    assert cluster is not None
    others = (
        command.dynamic_quorum,
        command.lower_quorum_priority_node,
        command.resiliency_level,
        command.resiliency_period,
        command.quarantine_threshold,
        command.quarantine_duration,
    )
    if any(value is not None for value in others):
        return no(
            "Dynamic quorum, resiliency and quarantine belong to Windows Server. Corosync has votes and a witness, and "
            "Pacemaker fences a lost node at once.",
            "Change the heartbeats only.",
        )
    delay = command.same_subnet_delay or cluster.same_subnet_delay or 1000
    threshold = command.same_subnet_threshold or cluster.same_subnet_threshold or 3
    token = delay * threshold
    if token < LEAST_TOKEN:
        return no(
            f"With {token} ms, a node that is only busy could be fenced.",
            f"Delay times threshold must be at least {LEAST_TOKEN} ms.",
        )
    status_of(context)
    return rewrite(context, lambda text: with_token(text, token))


def with_votes(text: str, node: str, votes: int) -> str:
    """corosync.conf with other votes of a node, and those of the witness that go with them.

    Raises:
        OrderError: the node is not in the file, or its witness lets each node have one vote only.
    """
    for match in _NODE.finditer(text):
        block = match[0]
        if not re.search(rf"^[ \t]*name:[ \t]*{re.escape(node)}[ \t]*$", block, re.MULTILINE):
            continue
        block = _VOTES.sub("", block)
        if votes != 1:
            name = re.search(r"^([ \t]*)name:.*\n", block, re.MULTILINE)
            assert name is not None
            block = block.replace(name[0], f"{name[0]}{name[1]}quorum_votes: {votes}\n", 1)
        return _with_device_votes(text[: match.start()] + block + text[match.end() :])
    raise OrderError(f"{PATH} has no node that is named {node}.")


def _with_device_votes(text: str) -> str:
    """What the witness has: by default one less than all nodes (lms), which Corosync counts only if each has one."""
    device = _DEVICE.search(text)
    if device is None:
        return text
    blocks = [match[0] for match in _NODE.finditer(text) if re.search(r"^[ \t]*nodeid:", match[0], re.MULTILINE)]
    given = [re.search(r"quorum_votes:[ \t]*(\d+)", block) for block in blocks]
    votes = [1 if found is None else int(found[1]) for found in given]
    if re.search(r"^[ \t]*algorithm:[ \t]*ffsplit", text, re.MULTILINE):
        if all(one == 1 for one in votes):
            return text
        raise OrderError("With this witness (ffsplit), each node must have one vote.")
    if sum(votes) < 2:
        raise OrderError("With a witness, at least two nodes must have a vote.")
    head, rest = text[: device.end()], text[device.end() :]
    end = rest.index("}")
    rest = _DEVICE_VOTES.sub("", rest[:end]) + rest[end:]
    if all(one == 1 for one in votes):
        return head + rest
    indent = device[0][: len(device[0]) - len(device[0].lstrip())]
    return f"{head}{indent}    votes: {sum(votes) - 1}\n{rest}"


def with_token(text: str, token: int) -> str:
    """corosync.conf with another token, in ms.

    Raises:
        OrderError: the file has no section totem.
    """
    changed, number = re.subn(r"^([ \t]*token:[ \t]*)\d+", rf"\g<1>{token}", text, count=1, flags=re.MULTILINE)
    if number:
        return changed
    changed, number = re.subn(
        r"^([ \t]*)totem[ \t]*\{[ \t]*\n", rf"\g<0>\1    token: {token}\n", text, count=1, flags=re.M
    )
    if not number:
        raise OrderError(f"{PATH} has no section totem.")
    return changed


def rewrite(context: Context, changed: Callable[[str], str]) -> Verdict:
    """Change corosync.conf on all nodes, then have Corosync read it; nothing restarts. Blocks.

    All nodes must be there: one that boots with an older file would count other votes than the rest.
    """
    texts: dict[str, str] = {}
    refused = []
    for host in context.file.hosts:
        try:
            answer = context.shell_of(host.name).run(f"cat {PATH}", limit=LIMIT)
        except NodeUnreachableError as error:
            refused.append(no(str(error), "All nodes must be up for this."))
            continue
        if answer.code or not answer.output.strip():
            refused.append(no(f"{PATH} of {host.name} cannot be read.", "Repair the node."))
        texts[host.name] = answer.output
    if refused:
        return together(refused)
    if len(set(texts.values())) > 1:
        return no(f"{PATH} is not the same on all nodes.", "Use: fcm hosts cluster create HOSTS.toml")
    before = next(iter(texts.values()))
    after = changed(before)
    if after == before:
        return OK
    for number, name in enumerate(texts):
        try:
            _write(context, name, after)
        except (NodeUnreachableError, OrderError) as error:
            for done in tuple(texts)[: number + 1]:
                _take_back(context, done, before)
            return no(f"{PATH} of {name} was not changed: {error}", "Nothing was changed on the other nodes.")
    answer = context.shell().run(reload_step().script, limit=LIMIT)
    if answer.code:
        said = (answer.errors or answer.output).strip().splitlines()
        return no(f"Corosync did not read its new configuration: {said[-1] if said else 'it gave no reason'}.")
    return OK


def _write(context: Context, node: str, text: str) -> None:
    file = shlex.quote(PATH)
    script = f"cat >{file}.new && sync {file}.new && mv -f {file}.new {file}"
    answer = context.shell_of(node).run(script, stdin=text.encode(), limit=LIMIT)
    if answer.code:
        raise OrderError(answer.errors.strip() or "it cannot be written.")


def _take_back(context: Context, node: str, text: str) -> None:
    try:
        _write(context, node, text)
    except (NodeUnreachableError, OrderError):
        return  # the caller says that it failed
