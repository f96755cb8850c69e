"""How the arguments of a function find its parameters, in PowerShell's words where they do not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fcm.shell.language import exceptions, tree
from fcm.shell.language.errors import ShellError, UnsupportedError, exact
from fcm.shell.runtime.execution.binding import NOTHING, Argument
from fcm.shell.runtime.execution.functions.validation import check_parameter
from fcm.shell.values.net.types import NetType, Switch
from fcm.shell.values.values import text, truth

if TYPE_CHECKING:
    from fcm.shell.runtime.execution.asking import Values

COMMON = {
    **{"verbose": "", "debug": "", "erroraction": "ea", "warningaction": "wa", "informationaction": "infa"},
    **{"errorvariable": "ev", "warningvariable": "wv", "informationvariable": "iv", "outvariable": "ov"},
    **{"outbuffer": "ob", "pipelinevariable": "pv"},
}
"""Common parameters of advanced functions with their aliases."""
_SWITCHES = ("verbose", "debug", "whatif", "confirm")


@dataclass(frozen=True)
class Formal:
    """One parameter of a function."""

    node: tree.Declaration
    kind: NetType | None
    position: int | None
    aliases: tuple[str, ...]
    sets: tuple[tuple[str, bool], ...]
    """Parameter sets with whether it must be given in them; "" is every set."""
    by_value: bool
    by_name: bool
    rest: bool

    @property
    def name(self) -> str:
        """As it is written."""
        return self.node.name

    @property
    def is_switch(self) -> bool:
        """Whether it takes no value."""
        return self.kind is not None and self.kind.name.endswith("SwitchParameter")

    def needed(self, chosen: str) -> bool:
        """Whether it must be given in a parameter set."""
        return any(must for name, must in self.sets if name in ("", chosen))

    def has(self, attribute: str) -> bool:
        """Whether an attribute stands before it."""
        return any(one.name.casefold() == attribute for one in self.node.attributes)


class Signature:
    """The parameters of a function."""

    def __init__(self, values: Values, head: tree.ParamBlock | None, command: str) -> None:
        self._values = values
        self.command = command
        self.binding = next(
            (one for one in (head.attributes if head else ()) if one.name.casefold() == "cmdletbinding"), None
        )
        nodes = head.parameters if head else ()
        self.formals = [self._formal(node, place) for place, node in enumerate(nodes)]
        own = any(one.name.casefold() == "parameter" for node in nodes for one in node.attributes)
        self.advanced = self.binding is not None or own
        if any(self._position(one.node) is not None for one in self.formals):
            self.formals = [
                one if self._position(one.node) is not None else _without_place(one) for one in self.formals
            ]
        self.can_confirm = self.binding is not None and self._says(self.binding.value("SupportsShouldProcess"))
        default = None if self.binding is None else self.binding.value("DefaultParameterSetName")
        self.default_set = text(values.value(default)) if isinstance(default, tree.Node) else ""
        self.has_sets = any(name for one in self.formals for name, _ in one.sets)

    def _says(self, given: tree.Node | bool | None) -> bool:
        return truth(self._values.value(given)) if isinstance(given, tree.Node) else bool(given)

    def _position(self, node: tree.Declaration) -> int | None:
        for one in node.attributes:
            place = one.value("Position") if one.name.casefold() == "parameter" else None
            if isinstance(place, tree.Node):
                return int(self._values.value(place))
        return None

    def _formal(self, node: tree.Declaration, place: int) -> Formal:
        kind = self._values.types.named(node.type, node.at) if node.type else None
        marks = [one for one in node.attributes if one.name.casefold() == "parameter"]
        aliases = [
            text(self._values.value(word))
            for one in node.attributes
            if one.name.casefold() == "alias"
            for word in one.arguments
        ]
        sets = []
        for one in marks:
            name = one.value("ParameterSetName")
            sets.append(
                (
                    text(self._values.value(name)) if isinstance(name, tree.Node) else "",
                    self._says(one.value("Mandatory")),
                )
            )
        explicit = self._position(node)
        is_switch = kind is not None and kind.name.endswith("SwitchParameter")
        return Formal(
            node,
            kind,
            explicit if explicit is not None else None if is_switch else place,
            tuple(aliases),
            tuple(sets) or (("", False),),
            any(self._says(one.value("ValueFromPipeline")) for one in marks),
            any(self._says(one.value("ValueFromPipelineByPropertyName")) for one in marks),
            any(self._says(one.value("ValueFromRemainingArguments")) for one in marks),
        )

    # arguments

    def error(self, message: str, known_id: str, category: str = "InvalidArgument") -> ShellError:
        """An error of binding."""
        known_id = f"{known_id},{self.command}" if self.command else known_id
        made = exact(message, known_id, category=category)
        made.net_type = exceptions.PARAMETER
        return made

    def _named(self, name: str) -> Formal | str | None:
        """The parameter of a name: one's own, a common one by its full name, None."""
        wanted = name.casefold()
        for one in self.formals:
            if wanted in (one.name.casefold(), *(alias.casefold() for alias in one.aliases)):
                return one
        common = {**COMMON, **({"whatif": "wi", "confirm": "cf"} if self.can_confirm else {})} if self.advanced else {}
        for full, alias in common.items():
            if wanted in (full, alias or full):
                return full
        found: list[Formal | str] = [one for one in self.formals if one.name.casefold().startswith(wanted)]
        found += [full for full in common if full.startswith(wanted)]
        if len(found) > 1 and len([one for one in found if isinstance(one, Formal)]) == 1:
            found = [one for one in found if isinstance(one, Formal)]
        if len(found) == 1:
            return found[0]
        if found:
            if any(isinstance(one, str) for one in found):
                raise UnsupportedError(f"The abbreviated parameter -{name}")
            names = " ".join(f"-{one.name}" for one in found if isinstance(one, Formal))
            raise self.error(
                f"Parameter cannot be processed because the parameter name '{name}' is ambiguous. Possible matches "
                f"include: {names}.",
                "AmbiguousParameter",
            )
        return None

    def bind(self, arguments: list[Argument]) -> tuple[dict[str, Any], dict[str, Any], list[Any]]:
        """The values by parameter, the common ones by their small names, and what is left.

        Raises:
            ShellError: they do not fit.
        """
        bound: dict[str, Any] = {}
        common: dict[str, Any] = {}
        free: list[Any] = []
        waiting: Formal | str | None = None
        for argument in arguments:
            if argument.name is None:
                if waiting is not None:
                    self._put(bound, common, waiting, argument.value)
                    waiting = None
                else:
                    free.append(argument.value)
                continue
            if waiting is not None:
                raise self._lacking(waiting)
            target = self._named(argument.name)
            if target is None:
                if self.advanced:
                    raise self.error(
                        f"A parameter cannot be found that matches parameter name '{argument.name}'.",
                        "NamedParameterNotFound",
                    )
                colon = argument.value is not NOTHING
                free.append(f"-{argument.name}{':' if colon else ''}")
                if colon:
                    free.append(argument.value)
                continue
            if argument.value is not NOTHING:
                self._put(bound, common, target, argument.value)
            elif (isinstance(target, Formal) and target.is_switch) or target in _SWITCHES:
                self._put(bound, common, target, True)
            else:
                waiting = target
        if waiting is not None:
            raise self._lacking(waiting)
        left = self._place(bound, free)
        return bound, common, left

    def _lacking(self, waiting: Formal | str) -> ShellError:
        kind = waiting.kind if isinstance(waiting, Formal) else None
        if isinstance(waiting, str):
            raise UnsupportedError(f"-{waiting} without a value")
        return self.error(
            f"Missing an argument for parameter '{waiting.name}'. Specify a parameter of type "
            f"'{kind.full if kind is not None else 'System.Object'}' and try again.",
            "MissingArgument",
        )

    def _put(self, bound: dict[str, Any], common: dict[str, Any], target: Formal | str, value: Any) -> None:
        if isinstance(target, str):
            common[target] = value
            return
        if target.name in bound:
            raise self.error(
                f"Cannot bind parameter because parameter '{target.name}' is specified more than once. To provide "
                "multiple values to parameters that can accept multiple values, use the array syntax. For example, "
                '"-parameter value1,value2,value3".',
                "ParameterAlreadyBound",
            )
        bound[target.name] = self.converted(target, value)

    def _place(self, bound: dict[str, Any], free: list[Any]) -> list[Any]:
        places = sorted(
            (one for one in self.formals if one.position is not None and one.name not in bound and not one.rest),
            key=lambda one: one.position or 0,
        )
        if self.has_sets:
            names = {name for one in self.formals if one.name in bound for name, _ in one.sets if name}
            if names:
                places = [one for one in places if any(name in ("", *names) for name, _ in one.sets)]
            elif self.default_set:
                places = [one for one in places if any(name in ("", self.default_set) for name, _ in one.sets)]
        while free and places:
            formal = places.pop(0)
            bound[formal.name] = self.converted(formal, free.pop(0))
        rest = next((one for one in self.formals if one.rest and one.name not in bound), None)
        if rest is not None and free:
            bound[rest.name] = self.converted(rest, list(free))
            return []
        if free and self.advanced:
            raise self.error(
                f"A positional parameter cannot be found that accepts argument '{text(free[0])}'.",
                "PositionalParameterNotFound",
            )
        return free

    def chosen_set(self, bound: dict[str, Any]) -> str:
        """The parameter set that the arguments belong to.

        Raises:
            ShellError: to none.
        """
        if not self.has_sets:
            return "__AllParameterSets"
        every = {name for one in self.formals for name, _ in one.sets if name}
        possible = set(every)
        for one in self.formals:
            own = {name for name, _ in one.sets}
            if one.name in bound and "" not in own:
                possible &= own
        if len(possible) > 1 and self.default_set in possible:
            return self.default_set
        if len(possible) > 1:
            possible = {
                name
                for name in possible
                if all(one.name in bound or one.by_value or one.by_name for one in self.formals if one.needed(name))
            } or possible
        if len(possible) == 1:
            return possible.pop()
        made = self.error(
            "Parameter set cannot be resolved using the specified named parameters. One or more parameters issued "
            "cannot be used together or an insufficient number of parameters were provided.",
            "AmbiguousParameterSet",
        )
        raise made

    def lacks(self, bound: dict[str, Any], chosen: str, piped: bool) -> None:
        """Refuse a call without a parameter that is needed.

        Raises:
            ShellError: one is missing.
        """
        missing = [
            one.name
            for one in self.formals
            if one.needed(chosen) and one.name not in bound and not (piped and (one.by_value or one.by_name))
        ]
        if missing:
            raise self.error(
                f"Cannot process command because of one or more missing mandatory parameters: {' '.join(missing)}.",
                "MissingMandatoryParameter",
            )

    def converted(self, formal: Formal, value: Any) -> Any:
        """The value that a parameter takes.

        Raises:
            ShellError: it does not fit.
        """
        self._refuse_empty(formal, value)
        made = value
        if formal.kind is not None:
            try:
                made = self._as_switch(value) if formal.is_switch else self._as_type(formal.kind, value)
            except UnsupportedError:
                raise
            except ShellError as error:
                failed = self.error(
                    f"Cannot process argument transformation on parameter '{formal.name}'. {error.message}",
                    "ParameterArgumentTransformationError",
                    "InvalidData",
                )
                failed.exact = error.exact
                raise failed from error
        check_parameter(self._values, formal.node.attributes, formal.name, made, self.command)
        return made

    @staticmethod
    def _as_switch(value: Any) -> Switch:
        if not isinstance(value, bool | Switch):
            raise ShellError("A switch takes only $true and $false.", "Use -Name:$true.")
        return Switch(truth(value))

    def _as_type(self, kind: NetType, value: Any) -> Any:
        if kind.name == "System.Boolean" and isinstance(value, str):
            raise exact(
                f'Cannot convert value "{value}" to type "System.Boolean". Boolean parameters accept only Boolean '
                "values and numbers, such as $True, $False, 1 or 0."
            )
        if kind.name == "System.String" and isinstance(value, list):
            raise exact("Cannot convert value to type System.String.")
        return self._values.types.convert(kind, value)

    def _refuse_empty(self, formal: Formal, value: Any) -> None:
        needed = any(must for _, must in formal.sets)
        if not needed:
            return
        why = ""
        if value is None and not formal.has("allownull"):
            why, known_id = "it is null", "ParameterArgumentValidationErrorNullNotAllowed"
        elif isinstance(value, list) and not value and not formal.has("allowemptycollection"):
            why, known_id = "it is an empty array", "ParameterArgumentValidationErrorEmptyArrayNotAllowed"
        elif (
            isinstance(value, str) and not value and not formal.has("allowemptystring") and self._is_text(formal)
        ) or (isinstance(value, list) and self._is_text(formal) and not formal.has("allowemptystring") and "" in value):
            why, known_id = "it is an empty string", "ParameterArgumentValidationErrorEmptyStringNotAllowed"
        if why:
            made = self.error(
                f"Cannot bind argument to parameter '{formal.name}' because {why}.", known_id, "InvalidData"
            )
            made.net_type = exceptions.PARAMETER_VALIDATION
            raise made

    @staticmethod
    def _is_text(formal: Formal) -> bool:
        kind = formal.kind
        return kind is None or kind.name in ("System.String", "System.String[]", "System.Object")


def _without_place(formal: Formal) -> Formal:
    from dataclasses import replace

    return replace(formal, position=None)
