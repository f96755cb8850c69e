"""Draining a node: the plan before anything happens, predicted beside actual while it runs, a summary after it.

Not modal: the window stays usable while the machines move.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialogButtonBox, QHBoxLayout, QPushButton, QVBoxLayout

from fcm.model.commands import CancelMigrations
from fcm.model.rules.moving.drains import active_drain, last_drain, may_drain
from fcm.model.rules.verdict import OK
from fcm.model.state import Change, Kind
from fcm.text.words import counted
from fcm.ui.dialogs.frame import PlainDialog
from fcm.ui.dialogs.moves.drain_table import MovesTable
from fcm.ui.dialogs.rehearsal.rehearse import RehearseDialog
from fcm.ui.look import format as words
from fcm.ui.look import icons
from fcm.ui.look.plain import literal
from fcm.ui.widgets.background import Work
from fcm.ui.widgets.dialog_parts import Notice, PowerShellBox, copy_text, named, wrapped
from fcm.workspace.actions.powershell import powershell
from fcm.workspace.planning.rehearsal_scenarios import Scenario

if TYPE_CHECKING:
    from PySide6.QtGui import QCloseEvent

    from fcm.model.migrations import Drain
    from fcm.ui.desk import Desk
    from fcm.ui.widgets.background import Outcome
    from fcm.workspace.planning.drain_plan import DrainPlan, PlannedMove, RoleMove
    from fcm.workspace.workspace import Operation

_REJECT = QDialogButtonBox.ButtonRole.RejectRole
_ACTION = QDialogButtonBox.ButtonRole.ActionRole


class DrainDialog(PlainDialog):
    """The drain of one node, from the plan to the summary."""

    def __init__(self, window: Desk, node: str) -> None:
        super().__init__(window, f"Drain {node}", "drain", QSize(940, 600))
        self.setWindowModality(Qt.WindowModality.NonModal)
        self._node = node
        self._plan: DrainPlan | None = None
        self._chosen: dict[str, str] = {}
        """Destinations that the user chose, by machine; "" = it stays."""
        self._shown: str | None = None
        """The drain whose course is shown instead of a plan."""
        self._begun = False
        self._verdict = OK
        """Whether the plan of the moment may be carried out."""
        self._intro = wrapped("")
        self.table = MovesTable()
        self.table.destination_chosen.connect(self._choose)
        self._total = wrapped("")
        named(self._total, "Total")
        self._reason = named(wrapped("", "quiet"), "Status of the selected machine")
        self.table.currentItemChanged.connect(lambda *_: self._show_reason())
        self._stay = named(wrapped(""), "What else is on the node")
        self._stay.hide()
        self.notice = Notice()
        self.power_shell = PowerShellBox()
        self.go = self._button("&Drain", "drain")
        self.rehearse = self._button("&Rehearse...", "rehearse")
        self.cancel_all = self._button("Cancel &all", "cancel")
        self.copy = self._button("Copy &summary", "copy")
        self.last = self._button("Show &last drain", "migrations")
        self.again = self._button("&Plan again", "refresh")
        close = self._button("&Close", "")
        buttons = QDialogButtonBox()
        roles = ((self.last, _ACTION), (self.again, _ACTION), (self.copy, _ACTION), (self.cancel_all, _ACTION))
        for button, role in (*roles, (self.rehearse, _ACTION), (self.go, _ACTION), (close, _REJECT)):
            buttons.addButton(button, role)
        for button, callback in (
            (self.go, self._drain),
            (self.rehearse, self._rehearse),
            (self.cancel_all, self._cancel_all),
            (self.copy, lambda: copy_text(self.summary())),
            (self.last, self._show_last),
            (self.again, self.plan_again),
            (close, self.close),
        ):
            button.clicked.connect(callback)
        column = QVBoxLayout(self)
        column.setSpacing(8)
        column.addWidget(self._intro)
        column.addWidget(self._total)
        column.addWidget(self.table, 1)
        column.addWidget(self._reason)
        column.addWidget(self._stay)
        column.addWidget(self.notice)
        column.addWidget(self.power_shell)
        row = QHBoxLayout()
        row.addWidget(buttons)
        column.addLayout(row)
        window.changed.connect(self._changed)
        active = active_drain(self.state, node)
        if active is not None:
            self._show_drain(active)
        else:
            self.plan_again()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _button(self, text: str, icon: str) -> QPushButton:
        button = named(QPushButton(text), text.replace("&", ""))
        if icon:
            button.setIcon(icons.icon(icon))
        button.setAutoDefault(False)
        return button

    # The plan

    def plan_again(self) -> None:
        """Plan from the state of the moment; what was chosen before is forgotten."""
        from fcm.workspace.planning.drain import plan_moves  # only now is numpy needed

        state = self.state
        self._shown, self._plan, self._chosen, self._begun = None, None, {}, False
        self._intro.setText(
            f"Drain pauses {self._node} and then live migrates its running virtual machines to other nodes in this "
            "order, as many at once as the cluster allows. Nothing happens until you choose Drain. To change a "
            "destination, double-click its row or press Enter."
        )
        self._total.setText("Looking for destinations...")
        self._stay.hide()
        self.notice.say("")
        self.table.show_plan(state, None)
        self._enable()
        Work(self, lambda: plan_moves(state, self._node), self._planned)

    def _planned(self, outcome: Outcome) -> None:
        if outcome.error is not None:
            self._total.setText("")
            self.notice.say(f"The drain could not be planned: {outcome.error}")
            return
        self._plan = outcome.result
        self._judge()
        self._predict_next()

    def _predict_next(self) -> None:
        """Durations come one after the other: each takes some tenths of a second. Then all are taken together."""
        from fcm.workspace.planning.drain import predicted
        from fcm.workspace.planning.drain_together import predict_together

        plan = self._moving()
        if self._plan is None or plan is None or self._begun or self.window_of.workspace is None:
            return
        workspace = self.workspace
        move = next((one for one in self._plan.moves if not one.basis), None)
        if move is not None:
            Work(self, lambda: predicted(workspace, move), lambda outcome: self._was_predicted(move, outcome))
        else:
            Work(self, lambda: predict_together(workspace, plan), lambda outcome: self._taken_together(plan, outcome))

    def _taken_together(self, asked: DrainPlan, outcome: Outcome) -> None:
        """Take the durations over, unless the plan changed meanwhile: then another answer is on its way."""
        if self._plan is None or self._begun or asked != self._moving() or outcome.error is not None:
            return
        found = {move.machine: move for move in outcome.result.moves}
        moves = tuple(found.get(move.machine, move) for move in self._plan.moves)
        self._plan = replace(self._plan, moves=moves, makespan=outcome.result.makespan)
        self._show_plan()

    def _was_predicted(self, asked: PlannedMove, outcome: Outcome) -> None:
        if self._plan is None or self._begun:
            return
        answer = replace(asked, basis="assumed") if outcome.error is not None else outcome.result
        moves = tuple(answer if move == asked else move for move in self._plan.moves)
        self._plan = replace(self._plan, moves=moves)
        self._show_plan()
        self._predict_next()

    def _choose(self, machine: str, destination: str) -> None:
        """The user chose a destination in the table; "" = the machine stays."""
        if self._plan is None:
            return
        self._chosen[machine] = destination
        moves = []
        for move in self._plan.moves:
            if move.machine == machine and destination and move.destination != destination:
                move = replace(
                    move, destination=destination, reason="Chosen by you.", duration=None, alone=None, basis=""
                )
            moves.append(move)
        self._plan = replace(self._plan, moves=tuple(moves))
        self._forget_together()
        self._judge()
        self._predict_next()

    def _forget_together(self) -> None:
        if self._plan is not None:
            moves = tuple(replace(move, duration=move.alone) for move in self._plan.moves)
            self._plan = replace(self._plan, moves=moves, makespan=None)

    def _moving(self) -> DrainPlan | None:
        """The plan without the machines that the user lets stay."""
        if self._plan is None:
            return None
        return replace(self._plan, moves=tuple(m for m in self._plan.moves if self._chosen.get(m.machine) != ""))

    def _show_plan(self) -> None:
        plan = self._moving()
        if self._plan is None or plan is None:
            return
        self.table.show_plan(self.state, self._plan, {m for m, to in self._chosen.items() if not to})
        at_once = self.state.cluster.concurrent_migrations if self.state.cluster else 1
        self._total.setText(_total(plan, len(self._plan.moves) - len(plan.moves), at_once))
        beside = [_role(one) for one in plan.roles] + ([_off(plan.off)] if plan.off else [])
        self._stay.setText("\n".join(beside))
        self._stay.setVisible(bool(beside))
        self._show_reason()
        self._enable()

    def _judge(self) -> None:
        """The plan or the cluster changed: ask the rules, which takes a while for hundreds of machines, and show it."""
        plan = self._moving()
        if plan is not None:
            self._verdict = may_drain(plan.command(), self.state)
            self.notice.refuse(self._verdict)
            self._show_plan()

    def _show_reason(self) -> None:
        """The whole status of the current row, which its cell may cut."""
        name, status = self.table.current_status()
        self._reason.setText(f"{name}: {status}" if name else "")

    # The course

    def _drain(self) -> None:
        plan = self._moving()
        if plan is None:
            return
        self._begun = True
        self._enable()
        self.window_of.submit(plan.command(), self._was_requested)

    def _rehearse(self) -> None:
        """Try the plan out on a twin; carried out from there, its course is shown here."""
        plan = self._moving()
        if plan is None:
            return
        scenario = Scenario(f"Drain {self._node} as planned", (plan.command(),), "drain")
        dialog = RehearseDialog(self.window_of, f"the drain of {self._node}", (scenario,))
        dialog.done_it.connect(self._show_last)
        dialog.show()

    def _was_requested(self, operation: Operation) -> None:
        verdict = operation.verdict
        if verdict is not None and not verdict:
            self._begun = False
            self._enable()
            self.notice.refuse(verdict)
            return
        drain = last_drain(self.state, self._node)
        if drain is not None:
            self._show_drain(drain)

    def _show_last(self) -> None:
        drain = last_drain(self.state, self._node)
        if drain is not None:
            self._show_drain(drain)

    def _show_drain(self, drain: Drain) -> None:
        self._shown, self._begun = drain.id, True
        self.notice.say("")
        self._follow()

    def _follow(self) -> None:
        """Bring the table in line with the course of the drain."""
        from fcm.workspace.planning.drain import course, node_sentence

        drain = self.state.drains.get(self._shown or "")
        if drain is None:
            return
        rows = course(self.state, drain, self.workspace.now())
        self.table.show_course(self.state, drain, rows, self.window_of.figures)
        over = [row for row in rows if row.phase is not None and row.phase.is_over]
        moved = sum(row.status == "moved" for row in rows)
        if drain.ended is None:
            self._intro.setText(f"{drain.node} is being drained. You can close this window and open it again.")
            took = words.seconds(max(0.0, self.workspace.now() - drain.requested))
            self._total.setText(
                f"{len(over)} of {words.count(len(rows), 'move')} finished after {took}, {moved} moved."
            )
        else:
            self._intro.setText(f"The drain has ended. {node_sentence(self.state, drain)}")
            took = words.seconds(drain.ended - drain.requested)
            lost = f", {len(rows) - moved} not moved (see below)" if moved < len(rows) else ""
            text = f"{moved} of {words.count(len(rows), 'machine')} moved in {took}{lost}."
            self._total.setText(text if rows else "No virtual machine had to move.")
        self._stay.hide()
        self._show_reason()
        self._enable()

    def summary(self) -> str:
        """The text of Copy summary."""
        from fcm.workspace.planning.drain import summary

        drain = self.state.drains.get(self._shown or "")
        return "" if drain is None else summary(self.state, drain, self.workspace.now())

    def _cancel_all(self) -> None:
        def done(operation: Operation) -> None:
            if operation.verdict is not None:
                self.notice.refuse(operation.verdict)

        self.window_of.submit(CancelMigrations(self._node), done)

    def _changed(self, change: Change) -> None:
        if self.window_of.workspace is None or self._node not in self.state.nodes:
            self.close()
        elif self._shown is not None:
            if change.structural or change.kinds() & {Kind.MIGRATION, Kind.TELEMETRY, Kind.NODE}:
                self._follow()
        elif self._plan is not None and not self._begun:
            if Kind.CLUSTER in change.kinds():  # another limit of migrations at once, or other options
                self._forget_together()
                if all(move.basis for move in self._plan.moves):  # else that is under way
                    self._predict_next()
            if change.structural or change.kinds() & {Kind.NODE, Kind.CLUSTER}:
                self._judge()

    def _enable(self) -> None:
        plan, drain = self._moving(), self.state.drains.get(self._shown or "")
        running = drain is not None and drain.ended is None
        planning = self._shown is None
        self.go.setVisible(planning)
        self.go.setEnabled(plan is not None and not self._begun and bool(self._verdict))
        able = self.workspace.capabilities.rehearsal()
        self.rehearse.setVisible(planning)
        self.rehearse.setEnabled(self.go.isEnabled() and bool(able))
        self.rehearse.setToolTip(literal(able.sentence()))
        self.cancel_all.setVisible(running)
        self.copy.setVisible(drain is not None)
        self.again.setVisible(not running and (drain is not None or bool(self._chosen)))
        self.last.setVisible(planning and last_drain(self.state, self._node) is not None)
        self.power_shell.setVisible(planning or running)
        if running:
            self.power_shell.show_text(powershell(CancelMigrations(self._node), self.state))
        else:
            self.power_shell.show_text("" if plan is None else powershell(plan.command(), self.state))

    def closeEvent(self, event: QCloseEvent) -> None:
        """What is planned is forgotten; a drain that runs goes on."""
        self._begun = True
        super().closeEvent(event)


def _off(count: int) -> str:
    return counted(
        count,
        "virtual machine is off or saved and stays on the node.",
        "virtual machines are off or saved and stay on the node.",
    )


def _role(move: RoleMove) -> str:
    if move.destination is None:
        return f"{move.name} stays on the node: no other node can take it."
    return f"{move.name} moves to {move.destination} at once; its clients are disconnected for a moment."


def _total(plan: DrainPlan, left_out: int, at_once: int) -> str:
    """How many move, and how long all of it takes, with what that rests on."""
    staying = len(plan.staying) + left_out
    if not plan.moves and not staying:
        return "No virtual machine has to move."
    text = f"{words.count(len(plan.moves), 'virtual machine moves', 'virtual machines move')}, {staying or 'none'} "
    text += "stays." if staying == 1 else "stay."
    text = text[:1].upper() + text[1:]
    if not plan.moves:
        return text
    if any(not move.basis for move in plan.moves):
        return f"{text} Predicting how long it takes..."
    by_basis = [
        (basis, sum(move.basis == basis for move in plan.moves)) for basis in ("measured", "forecast", "assumed")
    ]
    rests = ", ".join(f"{count} {basis}" for basis, count in by_basis if count)
    if any(move.duration is None for move in plan.moves):
        several = f" while up to {at_once} at once share the network" if all(m.alone for m in plan.moves) else ""
        return f"{text} At least one move is not expected to finish{several} ({rests})."
    if plan.makespan is None:
        return f"{text} Predicting how long it takes..."
    how = "one after the other" if at_once == 1 else f"up to {at_once} at once, which share the network"
    return f"{text} Predicted total: {words.seconds(plan.makespan)}, {how} ({rests})."
