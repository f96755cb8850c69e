"""The language: any text is a script or a clear error, and a printed tree is the tree again."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fcm.shell.language import tree
from fcm.shell.language.errors import ShellError, ShellSyntaxError
from fcm.shell.language.exceptions import CLUSTER, MACHINE, NOT_FOUND
from fcm.shell.language.parser import Parser, parse, tokens
from fcm.shell.language.printing import show, show_all
from fcm.shell.values.operators import formatted
from fcm.shell.values.values import like, wildcard

PIECES = st.sampled_from(
    [
        *"'\"“”‘’-–$@(){}[]|;,=.`#<>&%!*?\n ",
        "Get-ClusterNode",
        "$x",
        "if",
        "foreach",
        "in",
        "try",
        "catch",
        "catch [System.Exception] {",
        "throw",
        ". .\\lib.ps1",
        "while",
        "switch",
        "default",
        "function f",
        "param",
        "return",
        "process",
        "2>&1",
        "++",
        "::",
        "[int]",
        "-eq",
        "2GB",
    ]
)
NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,6}", fullmatch=True)
TEXTS = st.text(st.characters(blacklist_categories=["Cs"]), max_size=12)
LITERALS = st.builds(tree.Literal, TEXTS | st.integers(0, 10**9))
COMMAND_NAMES = st.sampled_from(("Get-ClusterNode", "Move-ClusterGroup", "wevtutil", "%"))


def _extended(inner: st.SearchStrategy[tree.Node]) -> st.SearchStrategy[tree.Node]:
    bodies = st.lists(inner, max_size=2).map(tuple)
    arguments = inner | st.builds(tree.Parameter, NAMES, st.none() | inner) | st.builds(tree.Splat, NAMES)
    commands = st.builds(
        lambda name, elements, how: tree.Pipeline((tree.Command(tree.Literal(name), tuple(elements), *how),)),
        COMMAND_NAMES,
        st.lists(arguments, max_size=3),
        st.sampled_from(((), (True,), (True, True))),
    )
    parts = st.lists(st.builds(tree.Variable, NAMES) | st.builds(tree.SubExpression, bodies), min_size=1, max_size=2)
    return st.one_of(
        st.builds(tree.Variable, NAMES),
        st.builds(tree.Expanded, parts.map(tuple)),
        st.builds(tree.Member, inner, NAMES),
        st.builds(tree.Index, inner, inner),
        st.builds(tree.Group, commands),
        st.builds(tree.SubExpression, bodies),
        st.builds(tree.ArrayExpression, bodies),
        st.builds(tree.ScriptBlock, bodies),
        st.builds(tree.Hash, st.lists(st.tuples(LITERALS, inner), max_size=2).map(tuple)),
        st.builds(tree.Sequence, st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(tree.Unary, st.sampled_from(("-not", "-bnot", "-join")), inner),
        st.builds(
            tree.Binary,
            st.sampled_from(("-eq", "-like", "-ceq", "-band", "+", "*", "-and", "..", "-f")),
            inner,
            inner,
        ),
        st.builds(tree.StaticCall, st.just("math"), st.sampled_from(("round", "max")), bodies),
        st.builds(
            tree.Group,
            st.builds(tree.Increment, st.builds(tree.Variable, NAMES), st.sampled_from(("++", "--")), st.booleans()),
        ),
        st.builds(tree.Cast, st.sampled_from(("int", "string")), inner),
    )


EXPRESSIONS = st.recursive(LITERALS, _extended, max_leaves=8)


BODIES = st.lists(EXPRESSIONS, min_size=1, max_size=1).map(tuple)
VARIABLES = st.builds(tree.Variable, NAMES)
STEPS = st.none() | st.builds(tree.Increment, VARIABLES, st.just("++"), st.booleans())
DECLARATIONS = st.builds(
    tree.Declaration,
    NAMES,
    st.sampled_from(("", "string", "int[]", "switch")),
    st.none() | EXPRESSIONS,
    st.booleans(),
    st.lists(TEXTS, max_size=2).map(tuple),
)
HEADS = st.lists(DECLARATIONS, max_size=2, unique_by=lambda one: one.name.casefold()).map(
    lambda found: tree.ParamBlock(tuple(found))
)
REDIRECTIONS = st.one_of(
    st.builds(tree.Redirection, st.sampled_from((1, 2)), EXPRESSIONS, st.booleans()),
    st.just(tree.Redirection(2, None)),
)
STAGES = st.builds(
    tree.Redirected,
    EXPRESSIONS
    | st.builds(tree.Command, st.builds(tree.Literal, COMMAND_NAMES), st.lists(EXPRESSIONS, max_size=1).map(tuple)),
    st.lists(REDIRECTIONS, min_size=1, max_size=2, unique_by=lambda one: one.stream).map(tuple),
)
CATCHES = st.builds(
    lambda types, typed, other: (*(tree.Catch(tuple(types), body) for body in typed), tree.Catch((), other)),
    st.lists(st.sampled_from((NOT_FOUND, CLUSTER, MACHINE)), min_size=1, max_size=2),
    st.lists(BODIES, max_size=1),
    BODIES,
)
STATEMENTS = st.one_of(
    st.builds(
        tree.Assignment,
        VARIABLES | st.builds(tree.Cast, st.just("int"), VARIABLES) | st.just(tree.Sequence((tree.Variable("a"),) * 2)),
        st.sampled_from(("=", "+=", "*=")),
        EXPRESSIONS,
    ),
    st.builds(tree.If, st.tuples(st.tuples(EXPRESSIONS, BODIES)), BODIES),
    st.builds(tree.ForEach, NAMES, EXPRESSIONS, BODIES),
    st.builds(tree.Try, BODIES, CATCHES, st.none() | BODIES),
    st.builds(lambda stage: tree.Pipeline((stage, tree.Command(tree.Literal("Sort-Object")))), EXPRESSIONS | STAGES),
    st.builds(tree.Throw, EXPRESSIONS),
    st.builds(tree.While, EXPRESSIONS, BODIES.map(lambda body: (tree.Leave("break"), *body))),
    st.builds(tree.DoLoop, BODIES, st.booleans(), EXPRESSIONS),
    st.builds(tree.For, STEPS, st.none() | EXPRESSIONS, STEPS, BODIES),
    st.builds(
        tree.Switch,
        st.sampled_from(("", "wildcard", "regex", "casesensitive")),
        EXPRESSIONS,
        st.lists(st.tuples(EXPRESSIONS, BODIES), max_size=2).map(tuple),
        st.none() | BODIES,
    ),
    st.builds(tree.Function, NAMES, st.tuples(HEADS, EXPRESSIONS) | BODIES, st.booleans()),
    st.builds(
        tree.Function,
        NAMES,
        st.builds(tree.NamedBlock, st.sampled_from(("begin", "process", "end")), BODIES).map(lambda one: (one,)),
    ),
    st.builds(tree.Leave, st.just("return"), st.none() | EXPRESSIONS),
)
SCRIPTS = st.lists(STATEMENTS, min_size=1, max_size=3).map(tuple)


@settings(max_examples=150, deadline=None)
@given(SCRIPTS)
def test_a_printed_tree_parses_to_the_same_tree(script: tuple[tree.Node, ...]) -> None:
    assert parse(show_all(script)) == script


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=25).map("".join) | st.text(max_size=60))
def test_any_text_is_a_script_or_an_error_with_a_place_and_words(text: str) -> None:
    error, found = _parsed(text)
    if error is None:
        assert parse(show_all(found)) == found
    else:
        assert 0 <= error.at <= len(text)
        assert error.message
        assert "At line:" in error.show(text)


@pytest.mark.parametrize("text", [".", ".>-", ". > out.txt", ".;"])
def test_a_dot_alone_runs_nothing_and_says_so(text: str) -> None:
    with pytest.raises(
        ShellSyntaxError,
        match=r"requires a value|Dot-sourcing requires a script file or a script block|unexpected here",
    ):
        parse(text)


def test_empty_quotes_in_a_word_with_a_variable_leave_nothing() -> None:
    assert parse("foreach$x''") == parse('& "foreach$x"')


def _parsed(text: str) -> tuple[ShellSyntaxError | None, tuple[tree.Node, ...]]:
    try:
        return None, parse(text)
    except ShellSyntaxError as error:
        return error, ()


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=25).map("".join))
def test_the_tokens_of_any_text_lie_in_it_in_order(text: str) -> None:
    found, error = tokens(text)
    assert all(0 <= token.start <= token.end <= len(text) for token in found)
    assert [token.start for token in found] == sorted(token.start for token in found)
    assert error is None or error.message


@given(st.integers(1, 9))
def test_subexpressions_inside_words_are_read_once_however_deep_they_are(depth: int) -> None:
    text = "echo 1"
    for _ in range(depth):
        text = f"echo $({text})x"
    counted = _Counting(text)
    counted.statements("")
    assert counted.begun == depth + 1


class _Counting(Parser):
    """Counts the statements that are begun."""

    begun = 0

    def statement(self) -> tree.Node:
        self.begun += 1
        return super().statement()


def test_a_number_without_end_is_no_number() -> None:
    with pytest.raises(ShellSyntaxError, match=r"cannot start a statement|is not a value|unexpected"):
        parse("1" * 5000 + ")")
    assert parse("'x' + " + "1" * 250) != parse("'x' + 1")


@given(st.integers(1, 400), st.sampled_from("({[$-!"))
def test_nesting_without_end_is_refused_in_words(depth: int, opening: str) -> None:
    text = {"$": "$(", "[": "@("}.get(opening, opening) * depth
    error, _ = _parsed(text)
    assert error is not None
    assert error.message


@given(st.text(max_size=20), st.text(max_size=20))
def test_any_text_can_be_a_wildcard_pattern(pattern: str, value: str) -> None:
    wildcard(pattern)
    assert like(value, "*")


@given(st.text("{}0123:,NDX-abc", max_size=20), st.lists(st.integers() | st.text(max_size=5), max_size=3))
def test_any_text_is_a_format_or_refused_in_words(pattern: str, values: list[object]) -> None:
    try:
        said = formatted(pattern, values)
    except ShellError as error:
        said = error.message
    assert isinstance(said, str)


def test_a_name_with_quotes_of_every_kind_survives_its_quoting() -> None:
    name = "Bob’s \"VM\" ‘x‚ y‛ 'z' “q”"
    assert parse(show(tree.Literal(name))) == (tree.Literal(name),)
