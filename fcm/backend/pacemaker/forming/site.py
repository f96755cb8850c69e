"""The hosts of a hosts file as the place of a cluster: looked at, checked, and changed by steps."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fcm.backend.pacemaker.adoption.adoption_steps import release_of
from fcm.backend.pacemaker.forming import agent_steps, checks, fencing, members, witness
from fcm.backend.pacemaker.forming.corosync_conf import node_ids
from fcm.backend.pacemaker.forming.create import create_steps, destroy_steps
from fcm.backend.pacemaker.forming.looking import look, look_script
from fcm.backend.pacemaker.forming.plan import plan_cluster
from fcm.backend.pacemaker.forming.setup_state import SetupState, Stage, WitnessLook, setup_state_of
from fcm.backend.pacemaker.remote import agent
from fcm.backend.pacemaker.remote.shells import NodeUnreachableError
from fcm.backend.pacemaker.steps import Runner, reason_of
from fcm.mistakes import SentenceError, WrongInputError
from fcm.text.words import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from fcm.backend.libvirt.configuration.hosts_file import HostsFile
    from fcm.backend.pacemaker.remote.shells import Answer, NodeShell
    from fcm.backend.pacemaker.steps import Outcome, Step, StepReport
    from fcm.model.validation.report import CheckResult

    Told = Callable[[int, StepReport], None]
    """Called with the number of a step and its report, when it begins and when it is over."""


def nothing_told(_number: int, _report: StepReport) -> None:
    """No one wants to know how it goes."""


NOTHING: Mapping[str, str] = {}


class SiteError(SentenceError):
    """The cluster cannot be created or destroyed; the message says why and what to do."""


class SiteInputError(SiteError, WrongInputError):
    """There is no such node."""


class AnyShell:
    """The way to whichever node answers, those first that run Pacemaker."""

    def __init__(self, shells: Mapping[str, NodeShell]) -> None:
        self._shells = shells

    @property
    def node(self) -> str:
        """No node in particular."""
        return "any node"

    def run(self, script: str, *, stdin: bytes = b"", limit: float = 10.0) -> Answer:
        """Run a script on the first node that runs Pacemaker, else on the first one that responds.

        Raises:
            NodeUnreachableError: no node responds.
        """
        answering: list[NodeShell] = []
        for shell in self._shells.values():
            try:
                if shell.run("pidof pacemakerd >/dev/null").code == 0:
                    return shell.run(script, stdin=stdin, limit=limit)
            except NodeUnreachableError:
                continue
            answering.append(shell)
        if not answering:
            raise NodeUnreachableError("No node responds.")
        return answering[0].run(script, stdin=stdin, limit=limit)

    def close(self) -> None:
        """The shells are others'."""


class Site:
    """The hosts. Every method blocks.

    Args:
        hosts: the hosts file.
        shells: the way to each node.
        witness_shell: the way to the witness; None where there is none. ``close`` ends all of them.

    Raises:
        PlanError: these hosts cannot form a cluster.
    """

    def __init__(self, hosts: HostsFile, shells: Mapping[str, NodeShell], witness_shell: NodeShell | None) -> None:
        self.plan = plan_cluster(hosts)
        """As far as is known: nodes that are members already keep their numbers, see ``read_setup``."""
        self._hosts = hosts
        self._shells = shells
        self._witness = witness_shell
        self._any = AnyShell(shells)

    def close(self) -> None:
        """End the ways to the nodes and to the witness."""
        for shell in self._shells.values():
            shell.close()
        if self._witness is not None:
            self._witness.close()

    def shell_of(self, name: str | None) -> NodeShell:
        """The shell on a node, on the witness, or (None) on any node.

        Raises:
            NodeUnreachableError: the cluster has no witness that can be reached.
        """
        if name is None:
            return self._any
        if name == witness.WITNESS:
            if self._witness is None:
                raise NodeUnreachableError("The witness cannot be reached.")
            return self._witness
        return self._shells[name]

    def read_setup(self) -> SetupState:
        """How much of the cluster is set up now; asks all nodes, blocks."""
        looks = look(self._shells, look_script(self.plan, agent.version_script()))
        known = members.known_numbers(self.plan.corosync_name, looks.values())
        self.plan = plan_cluster(self._hosts, known)
        return setup_state_of(self.plan, looks, self._look_at_witness())

    def _look_at_witness(self) -> WitnessLook | None:
        if self.plan.witness is None:
            return None
        try:
            answer = self.shell_of(witness.WITNESS).run(witness.look_script())
        except NodeUnreachableError as error:
            return WitnessLook(str(error))
        if answer.code:
            return WitnessLook(reason_of(answer))
        told = [line.partition(" ")[::2] for line in answer.output.splitlines()]
        values = dict(told)
        clusters = tuple(value for key, value in told if key == "cluster")
        return WitnessLook("", values.get("running") == "yes", values.get("ca", ""), clusters)

    def check(self, setup: SetupState, trying: bool = True) -> list[CheckResult]:
        """What is in the way of *create*; nothing where all is well.

        Args:
            setup: what is set up.
            trying: also try the ways between the nodes and write to the shared storage for a moment.
        """
        results = checks.judge(self.plan, setup.looks)
        if setup.witness is not None and setup.witness.error:
            results.append(checks.fail(f"Witness: {setup.witness.error}"))
        if trying and all(one.answered for one in setup.looks.values()):
            running = [name for name, one in setup.looks.items() if one.runs("corosync")]
            results += checks.try_ways(self.plan, self._shells, running)
        return results

    def validate(self, setup: SetupState) -> list[CheckResult]:
        """What the resource agent says on each node of each virtual machine; nothing where all could start."""
        return checks.validate_machines(setup, setup.machines, self._shells)

    def passwords(self) -> dict[str, str]:
        """The passwords for fencing, by file.

        Raises:
            PasswordError: a file cannot be used.
        """
        return {path: fencing.read_password(path) for path in fencing.password_files(self.plan)}

    def try_fencing(
        self, setup: SetupState, passwords: Mapping[str, str], wanted: Callable[[], bool] = lambda: True
    ) -> list[CheckResult]:
        """Ask the fencing device from every node for the power of the others; no node is switched.

        Where no cluster stands yet, the passwords are on the nodes only meanwhile.

        Args:
            setup: what is set up.
            passwords: see ``passwords``.
            wanted: asked before each node; once it says no, the others are not asked.
        """
        runner = self.runner(nothing_told, passwords)
        places = fencing.password_steps(self.plan, dict(passwords))
        results = []
        try:
            outcome = runner.carry_out(places)
            for step in fencing.ask_steps(self.plan) if outcome.ok else ():
                if wanted():
                    outcome = runner.carry_out([step])
                    results += [checks.fail(f"{step.node}: {one.reason}", step.remedy) for one in outcome.failed]
            if not results:
                results = [checks.fail(f"{one.step.node}: {one.reason}") for one in outcome.failed]
        finally:
            if setup.stage is Stage.NONE:
                runner.undo(places)
        return results

    def steps(self, setup: SetupState, passwords: Mapping[str, str]) -> list[Step]:
        """The steps of *create*."""
        authority = "" if setup.witness is None else setup.witness.authority
        return create_steps(self.plan, setup.looks, passwords, agent_steps.install_steps(self.plan), authority)

    def undo_steps(self) -> list[Step]:
        """The steps that *destroy* takes back, from the last to the first."""
        return destroy_steps(self.plan, agent_steps.install_steps(self.plan))

    def refuse_destroy(self, setup: SetupState, release: bool = False) -> None:
        """Whether the cluster may be removed.

        Args:
            setup: what is set up.
            release: machines that are still highly available will be taken out before.

        Raises:
            SiteError: it may not.
        """
        if setup.stranger:
            raise SiteError(
                f"{setup.stranger} belongs to another cluster, which fcm did not create. It will not be "
                "changed. Correct the hosts file."
            )
        silent = [name for name, one in setup.looks.items() if not one.answered]
        if silent:
            raise SiteError(
                f"{', '.join(silent)} does not respond, so the cluster would remain there and could come back. "
                "Switch the node on, or remove it from the hosts file."
            )
        if setup.others:
            raise SiteError(
                f"Pacemaker manages resources that fcm did not create: {', '.join(setup.others)}. "
                "Remove them first with the program that created them."
            )
        names = ", ".join(machine.name for machine in setup.machines)
        if setup.machines and not release:
            raise SiteError(
                f"Virtual machines are still highly available: {names}. "
                "Remove them from the cluster first; with --release this is done, and they keep running."
            )

    def create(self, told: Told = nothing_told) -> Outcome:
        """Look, check and carry out all steps, without questions; for programs such as the lab.

        Raises:
            SiteError: a check failed; the message names all that did.
            PasswordError: a password file cannot be used.
        """
        setup = self.read_setup()
        wrong = [result for result in self.check(setup) if result.level == "fail"]
        if wrong:
            raise SiteError(" ".join(f"{result.text} {result.remedy}".rstrip() for result in wrong))
        passwords = self.passwords()
        return self.runner(told, passwords).carry_out(self.steps(setup, passwords))

    def destroy(self, told: Told = nothing_told) -> Outcome:
        """Look, and take all steps back.

        Raises:
            SiteError: it may not be done.
        """
        self.refuse_destroy(self.read_setup())
        return self.runner(told, {}).undo(self.undo_steps())

    def release_steps(self, setup: SetupState) -> list[Step]:
        """The steps that take every machine out of the cluster; those that run keep running.

        Raises:
            SiteError: Pacemaker does not run, so it cannot let go of them.
        """
        if setup.machines and not setup.members:
            raise SiteError(
                "Pacemaker does not run, so the virtual machines cannot be removed from the cluster. Start it first: "
                "fcm hosts cluster create"
            )
        anywhere = next((name for name in self.plan.names if name in setup.members), self.plan.names[0])
        return [
            step
            for machine in setup.machines
            for step in release_of(machine.resource, machine.node or anywhere, machine.uuid, machine.config)
        ]

    def evict_steps(self, setup: SetupState, node: str) -> list[Step]:
        """The steps that take a node out of the cluster, which keeps running without it.

        Raises:
            SiteError: it may not be evicted; the message says why.
            PlanError: the others cannot be a cluster.
        """
        if node not in self.plan.names:
            raise SiteInputError(f"The hosts file has no node {quoted(node)}. Nodes: {', '.join(self.plan.names)}.")
        self._refuse_evict(setup, node)
        others = tuple(host for host in self._hosts.hosts if host.name != node)
        numbers = {one.name: one.id for one in self.plan.nodes}
        after = plan_cluster(replace(self._hosts, hosts=others), numbers)
        taken_back = [
            step
            for step in reversed(self.undo_steps())
            if step.undo
            and step.title != "Start Pacemaker"
            and (step.node == node or step.title == f"Sign the key of {node}")
        ]
        return members.evict_steps(after, node, taken_back, setup.looks)

    def _refuse_evict(self, setup: SetupState, node: str) -> None:
        """Raises SiteError: it may not be evicted."""
        if setup.stranger:
            raise SiteError(f"{setup.stranger} belongs to another cluster. Correct the hosts file.")
        silent = [name for name, one in setup.looks.items() if not one.answered]
        if silent:
            raise SiteError(
                f"{', '.join(silent)} does not respond. A node that comes back later would still have the old cluster. "
                "Turn the node on first."
            )
        away = [name for name in self.plan.names if name != node and name not in setup.members]
        if away or not setup.quorate:
            what = f"{', '.join(away)} is not a member of the cluster" if away else "the cluster has no quorum"
            raise SiteError(
                f"{node} cannot be evicted while {what}. Complete the cluster first: fcm hosts cluster create"
            )
        standing = {name for one in setup.looks.values() for name in node_ids(one.conf)}
        if node not in standing and node not in setup.known:
            raise SiteError(f"{node} is not a node of the cluster.")
        running = [machine.name for machine in setup.machines if machine.node == node]
        if running:
            raise SiteError(f"{node} runs {', '.join(running)}. Drain the node first.")

    def power_test_steps(self, setup: SetupState, node: str) -> list[Step]:
        """The steps of a real test of fencing.

        Raises:
            SiteError: the cluster is not complete, or does not have this node.
        """
        if node not in self.plan.names:
            raise SiteInputError(f"The hosts file has no node {quoted(node)}. Nodes: {', '.join(self.plan.names)}.")
        if setup.stage is not Stage.COMPLETE:
            problem = next(setup.problems(), "")
            raise SiteError(f"Fencing can be tested only in a complete cluster. {problem}")
        return fencing.power_test_steps(self.plan, node)

    def carry_out(self, steps: Sequence[Step], told: Told, passwords: Mapping[str, str] = NOTHING) -> Outcome:
        """Carry out steps, telling how it goes."""
        return self.runner(told, passwords).carry_out(steps)

    def take_back(self, told: Told) -> Outcome:
        """Take all steps of *create* back, the last one first."""
        return self.runner(told, NOTHING).undo(self.undo_steps())

    def runner(self, told: Told, passwords: Mapping[str, str]) -> Runner:
        """What carries out or takes back the steps."""
        return Runner(self.shell_of, told, passwords.values())
