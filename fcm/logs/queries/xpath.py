"""The XPath of Windows event queries: scanner, grammar, tree, and the tree as text again.

The grammar is the subset of XPath 1.0 that MS-EVEN6 2.2.15.1 names, with band() and timediff() of 2.2.15.2 and the
limits that "Consuming Events" (Windows Event Log) describes:

    Or         := And ('or' And)*                      Path      := Step ('/' Step)*
    And        := Comparison ('and' Comparison)*       Step      := Axis? (Name | '*') Predicate* | Attribute | text()
    Comparison := Operand (Operator Operand)?          Attribute := ('@' | 'attribute::') (Name | '*')
    Operand    := '(' Or ')' | Literal | Number        Predicate := '[' (Or | Number) ']'
                | Function | Path                      Operator  := '=' | '!=' | '<' | '<=' | '>' | '>='

The axes are child and attribute; the functions position(), band() and timediff(). A path begins at the events, so its
first step is ``*`` or ``Event``; in a predicate it begins at the node that the predicate is about.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from fcm.logs.queries.scanner import QueryError as QueryError  # who parses expressions knows it by this room
from fcm.logs.queries.scanner import Scanner, nearest, shown
from fcm.logs.schema import EVENT_PARTS, SYSTEM_PARTS, is_time, seconds_of

DEEPEST = 30
"""Nestings of an expression."""
OPERATORS = ("=", "!=", "<=", ">=", "<", ">")
FUNCTIONS = {"position": (0, 0), "band": (2, 2), "timediff": (1, 2)}
"""Functions with the fewest and the most arguments."""
FLIPPED = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
"""The operator that says the same with its sides exchanged."""
_INSTEAD = {
    "not": "Write != instead of =, or put the test without not() into a <Suppress>",
    "contains": "Compare the whole value with =, or look for the words with Where-Object",
    "starts-with": "Compare the whole value with =, or look for the words with Where-Object",
    "last": "Count from the first with position()",
    "count": "A path alone asks whether there is such an element",
    "text": "Write it after a path or alone in [ ], as in Data[text()='x']",
}


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it was written: 5, 2.5 or 0x10."""

    written: str

    @property
    def value(self) -> int | float:
        """What it means."""
        return number_of(self.written)

    def __str__(self) -> str:
        return self.written


@dataclass(frozen=True, slots=True)
class Literal:
    """A text in quotes; it holds at most one kind of quotes."""

    text: str

    def __str__(self) -> str:
        return f'"{self.text}"' if "'" in self.text else f"'{self.text}'"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a path."""

    name: str
    """"*" for any, "text()" for the text of the element."""
    is_attribute: bool = False
    predicates: tuple[Expression, ...] = ()

    def __str__(self) -> str:
        return f"{'@' if self.is_attribute else ''}{self.name}{''.join(f'[{one}]' for one in self.predicates)}"


@dataclass(frozen=True, slots=True)
class Path:
    """A location path; alone it asks whether there is such a node."""

    steps: tuple[Step, ...]

    def __str__(self) -> str:
        return "/".join(map(str, self.steps))


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its arguments."""

    name: str
    """One of FUNCTIONS."""
    arguments: tuple[Path | Literal | Number, ...] = ()

    def __str__(self) -> str:
        return f"{self.name}({', '.join(map(str, self.arguments))})"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two operands, one of which is a constant."""

    operator: str
    left: Path | Call | Literal | Number
    right: Path | Call | Literal | Number

    def __str__(self) -> str:
        return f"{self.left} {self.operator} {self.right}"


@dataclass(frozen=True, slots=True)
class And:
    """All of the tests; none of them is an And."""

    tests: tuple[Expression, ...]

    def __str__(self) -> str:
        return " and ".join(f"({one})" if isinstance(one, Or) else str(one) for one in self.tests)


@dataclass(frozen=True, slots=True)
class Or:
    """One of the tests; none of them is an Or."""

    tests: tuple[Expression, ...]

    def __str__(self) -> str:
        return " or ".join(map(str, self.tests))


Expression = Number | Literal | Path | Call | Comparison | And | Or


def parse_xpath(expression: str) -> Expression:
    """The tree of an expression such as ``*[System[Level=2]]``.

    Raises:
        QueryError: it is none of the subset; ``offset`` says where.
    """
    return _Parser(expression).whole()


def number_in(text: str) -> int | float | None:
    """The number that a text is, decimal or hexadecimal; None: it is none."""
    text = text.strip()
    if _DECIMAL.fullmatch(text):
        return float(text) if "." in text else int(text)
    return int(text, 16) if _HEX.fullmatch(text) else None


def number_of(text: str) -> int | float:
    """The number that a text is.

    Raises:
        ValueError: it is none.
    """
    found = number_in(text)
    if found is None:
        raise ValueError(f"{text[:40]} is not a number")
    return found


_HEX = re.compile(r"0[xX][0-9A-Fa-f]{1,16}")
_DECIMAL = re.compile(r"-?(\d{1,40}(\.\d{0,40})?|\.\d{1,40})", re.ASCII)

_Place = tuple[str, ...] | None
"""Names of the elements down to a node, from the event; None where that is not known."""


class _Parser:
    """Recursive descent over the tokens of a scanner."""

    def __init__(self, expression: str) -> None:
        self.scan = Scanner(expression)
        self.depth = 0

    def whole(self) -> Expression:
        if self.scan.at_end:
            raise self.scan.wrong("The expression is empty. Write * for all events.")
        found = self.either(None, is_root=True)
        if self.scan.peek():
            raise self.unexpected()
        return found

    def unexpected(self) -> QueryError:
        return self.no_operator() or self.scan.wrong(
            f"{shown(self.scan.peek())} is unexpected. Put and, or or an operator such as = before it."
        )

    def no_operator(self) -> QueryError | None:
        """The error for what other languages have between two tests."""
        word = self.scan.peek()
        if word in ("AND", "OR", "And", "Or"):
            return self.scan.wrong(f"{shown(word)} is not an operator. Write {word.lower()} in lowercase.")
        if word in ("|", "+", "-", "div", "mod", "*"):
            return self.scan.wrong(f"Event queries do not calculate: {shown(word)} is not in their XPath. Use and, or.")
        return None

    def close(self, symbol: str) -> None:
        """Take the end of parentheses or brackets."""
        if not self.scan.take(symbol):
            raise self.no_operator() or self.scan.wrong(
                f"'{symbol}' is missing before {self.scan.coming()}. Write it there, or and, or or an operator."
            )

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.scan.wrong(f"It is nested deeper than {DEEPEST} levels. Make it simpler.")

    # Tests

    def either(self, place: _Place, is_root: bool = False) -> Expression:
        self.deeper()
        tests = [self.both(place, is_root)]
        while self.scan.take_word("or"):
            tests.append(self.both(place, is_root))
        self.depth -= 1
        self.no_places(tests)
        return disjunction(tests)

    def both(self, place: _Place, is_root: bool) -> Expression:
        tests = [self.comparison(place, is_root)]
        while self.scan.take_word("and"):
            tests.append(self.comparison(place, is_root))
        self.no_places(tests)
        return conjunction(tests)

    def no_places(self, tests: list[Expression]) -> None:
        """A number that stands for a position stands alone."""
        for test in tests if len(tests) > 1 else ():
            if isinstance(test, Number):
                raise self.scan.wrong(
                    f"The number {test} is not a test. Compare it, as in EventID={test}; a place is position()={test}."
                )

    def comparison(self, place: _Place, is_root: bool) -> Expression:
        start = self.scan.at
        left: Expression = self.operand(place, is_root)
        operator = self.scan.peek()
        if operator not in OPERATORS:
            return self.test(left, start, is_root)
        self.scan.at += 1
        middle = self.scan.at
        right = self.operand(place, is_root)
        if self.scan.peek() in OPERATORS:
            raise self.scan.wrong("Two things are compared at a time. Write a = b and b = c.")
        for side, at in ((left, start), (right, middle)):
            if isinstance(side, And | Or | Comparison):
                raise self.scan.wrong("A test cannot be compared. Compare an element, an attribute or a function.", at)
        assert not isinstance(left, And | Or | Comparison)
        assert not isinstance(right, And | Or | Comparison)
        constants = [isinstance(side, Literal | Number) for side in (left, right)]
        if not any(constants):
            raise self.scan.wrong("Only one side can be a part of the event. Write a number or a text in quotes at "
                                  "the other one.", middle)  # fmt: skip
        if all(constants):
            raise self.scan.wrong("Both sides are constants. Write a part of the event at one of them.", start)
        self.check_time(left, right, middle)
        self.check_time(right, left, start)
        return Comparison(operator, left, right)

    def check_time(self, side: Expression, constant: Expression, at: int) -> None:
        """A text beside @SystemTime has to be a time."""
        if isinstance(side, Path) and is_time(side.steps[-1].name) and isinstance(constant, Literal):
            self.time(constant, at)

    def time(self, constant: Literal, at: int) -> None:
        try:
            seconds_of(constant.text)
        except ValueError as error:
            raise self.scan.wrong(f"{shown(constant.text)} is not a time. Write it in UTC as '2009-10-17T19:20:41Z'.",
                                  at) from error  # fmt: skip

    def test(self, found: Expression, at: int, is_root: bool) -> Expression:
        """An operand that stands alone has to be a test."""
        if isinstance(found, Literal):
            raise self.scan.wrong(f"The text {found} is not a test. Compare it: Data={found}.", at)
        if isinstance(found, Number) and (is_root or self.scan.peek() != "]"):
            raise self.scan.wrong(f"The number {found} is not a test. Compare it: EventID={found}.", at)
        if isinstance(found, Call) and found.name != "band":
            raise self.scan.wrong(f"{found.name}() gives a number. Compare it: {found} <= 1000.", at)
        return found

    # Operands

    def operand(self, place: _Place, is_root: bool) -> Expression:
        kind, word, start = self.scan.kind(), self.scan.peek(), self.scan.at
        if self.scan.take("("):
            inside = self.either(place, is_root)
            self.close(")")
            if self.scan.peek() in ("[", "/"):
                raise self.scan.wrong("A path cannot continue after parentheses. Write the whole path in them.")
            return inside
        if kind == "text":
            self.scan.at += 1
            return Literal(word[1:-1])
        if kind == "number":
            self.scan.at += 1
            return self.number(word, start)
        if kind == "name" and self.scan.peek(1) == "(" and not (word == "text" and self.scan.peek(2) == ")"):
            return self.call(place, is_root)
        return self.path(place, is_root)

    def number(self, word: str, at: int) -> Number:
        try:
            number_of(word)
        except ValueError:
            raise self.scan.wrong(f"{shown(word)} is too long for a number. Write fewer digits.", at) from None
        return Number(word)

    def call(self, place: _Place, is_root: bool) -> Call:
        start, name = self.scan.at, self.scan.peek()
        if name in ("and", "or"):
            raise self.scan.wrong(f"A test is missing before {shown(name)}. Write one there, or remove the word.")
        known = name.lower() if name.lower() in ("band", "timediff") else name
        if known not in FUNCTIONS:
            instead = _INSTEAD.get(name, "There are position(), band() and timediff()")
            raise self.scan.wrong(f"{name[:40]}() is not in the XPath of event queries. {instead}.")
        if is_root:
            raise self.scan.wrong(f"{name}() is outside the event. Write it in [ ], as in *[System[...]].")
        self.scan.at += 2
        self.deeper()
        arguments: list[Expression] = []
        while not self.scan.take(")"):
            if arguments:
                self.scan.expect(",")
            arguments.append(self.argument(known, place))
        self.depth -= 1
        few, many = FUNCTIONS[known]
        if not few <= len(arguments) <= many:
            wanted = {"position": "no argument", "band": "two arguments", "timediff": "one or two arguments"}[known]
            raise self.scan.wrong(f"{known}() takes {wanted}, not {len(arguments)}.", start)
        if arguments and sum(isinstance(one, Path) for one in arguments) != 1:
            example = "band(Keywords, 0x10)" if known == "band" else "timediff(@SystemTime)"
            raise self.scan.wrong(f"{known}() needs one part of the event: {example}.", start)
        return Call(known, tuple(one for one in arguments if isinstance(one, Path | Literal | Number)))

    def argument(self, name: str, place: _Place) -> Expression:
        at = self.scan.at
        found = self.operand(place, False)
        if name == "band":
            whole = isinstance(found, Number) and isinstance(found.value, int) and found.value >= 0
            if not whole and not isinstance(found, Path):
                raise self.scan.wrong("band() needs a part of the event and a whole number: band(Keywords, 0x10).", at)
        else:
            if isinstance(found, Literal):
                self.time(found, at)
            if not isinstance(found, Literal | Number | Path):
                raise self.scan.wrong("timediff() needs @SystemTime or a time as '2009-10-17T19:20:41Z'.", at)
            if isinstance(found, Path) and not is_time(found.steps[-1].name):
                raise self.scan.wrong("timediff() needs @SystemTime.", at)
        return found

    # Paths

    def path(self, place: _Place, is_root: bool) -> Path:
        word = self.scan.peek()
        if word in ("/", "//", ".", ".."):
            where = "Begin with * or Event." if is_root else "Write the path from here, such as Data or @Name."
            raise self.scan.wrong(f"{shown(word)} is not in the XPath of event queries: paths go down only. {where}")
        steps: list[Step] = []
        while True:
            step, place = self.step(place, is_root and not steps)
            steps.append(step)
            if self.scan.peek() == "//":
                raise self.scan.wrong("'//' is not in the XPath of event queries. Name each element, or write *.")
            if not self.scan.take("/"):
                return Path(tuple(steps))
            if step.is_attribute or step.name == "text()":
                raise self.scan.wrong(f"Nothing is below {step}. End the path there.")

    def step(self, place: _Place, is_first: bool) -> tuple[Step, _Place]:
        start = self.scan.at
        is_attribute = self.axis()
        name = self.scan.name()
        if name == "text" and not is_attribute and self.scan.peek() == "(":
            self.scan.at += 1
            self.scan.expect(")")
            name = "text()"
        if is_first:
            if is_attribute or name not in ("*", "Event"):
                raise self.scan.wrong(f"{shown(name)} is not where a query begins. Begin with * or Event: "
                                      "*[System[Level=2]].", start)  # fmt: skip
            below: _Place = ()
        else:
            self.check(place, name, is_attribute, start)
            below = None if place is None or name == "*" or is_attribute else (*place, name)
        predicates = []
        while self.scan.take("["):
            if is_attribute or name == "text()":
                raise self.scan.wrong(f"{shown(name)} has no parts that [ ] could test. Put the test after it.")
            at = self.scan.at
            found = self.either(below)
            if _asks_position(found) and below is not None and (below == () or below in _NO_LEAVES):
                raise self.scan.wrong("position() counts elements with a value, such as Data. "
                                      "/c of wevtutil and -MaxEvents count events.", at)  # fmt: skip
            self.close("]")
            predicates.append(found)
        return Step(name, is_attribute, tuple(predicates)), below

    def axis(self) -> bool:
        """Take an axis; True for attribute."""
        if self.scan.take("@"):
            return True
        if self.scan.kind() == "name" and self.scan.peek(1) == "::":
            name = self.scan.peek()
            if name not in ("child", "attribute"):
                raise self.scan.wrong(f"The axis {name} is not in the XPath of event queries. There are child and "
                                      "attribute.")  # fmt: skip
            self.scan.at += 2
            return name == "attribute"
        return False

    def check(self, place: _Place, name: str, is_attribute: bool, at: int) -> None:
        """A name in System has to be one of the schema of events."""
        if place is None or name in ("*", "text()"):
            return
        if place == ():
            known: tuple[str, ...] = () if is_attribute else EVENT_PARTS
        elif place == ("System",):
            known = () if is_attribute else tuple(SYSTEM_PARTS)
        elif place[0] == "System" and len(place) == 2:
            known = SYSTEM_PARTS[place[1]] if is_attribute else ()
        else:
            return
        if name not in known:
            where = "/".join(place) or "an event"
            sign = "@" if is_attribute else ""
            raise self.scan.wrong(f"{shown(sign + name)} is not part of {where}.{nearest(name, known, sign)}", at)


_NO_LEAVES = {("System",), ("EventData",), ("UserData",)}


def _asks_position(found: Expression) -> bool:
    match found:
        case Number() | Call(name="position"):
            return True
        case Comparison(left=left, right=right):
            return any(isinstance(one, Call) and one.name == "position" for one in (left, right))
        case And(tests=tests) | Or(tests=tests):
            return any(map(_asks_position, tests))
        case _:
            return False


def conjunction(tests: list[Expression]) -> Expression:
    """``and`` of tests."""
    flat: list[Expression] = []
    for test in tests:
        flat += test.tests if isinstance(test, And) else (test,)
    return flat[0] if len(flat) == 1 else And(tuple(flat))


def disjunction(tests: list[Expression]) -> Expression:
    """``or`` of tests."""
    flat: list[Expression] = []
    for test in tests:
        flat += test.tests if isinstance(test, Or) else (test,)
    return flat[0] if len(flat) == 1 else Or(tuple(flat))
