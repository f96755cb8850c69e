"""The lines of the protocol: what is a request, and what is none, whatever comes."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fcm.shell.serving import wire
from fcm.shell.serving.wire import WireError


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        ('{"id":1,"do":"hello","protocol":1}', wire.Hello(1, 1)),
        ('{"id":2,"do":"stop"}', wire.Stop(2)),
        ('{"id":3,"yes":true}', wire.Answer(3, True)),
        ('{"id":4,"do":"invoke","cmdlet":"Get-VM"}', wire.Invoke(4, "Get-VM", {})),
        (
            '{"id":4,"do":"invoke","cmdlet":"Get-VM","parameters":{"Name":"a"},"input":[1],"has_input":true,"folder":"/x"}',
            wire.Invoke(4, "Get-VM", {"Name": "a"}, [1], True, "/x"),
        ),
        ('{"id":5,"do":"set","object":{},"property":"Name","value":null}', wire.SetProperty(5, {}, "Name", None)),
    ],
)
def test_a_line_is_one_request(line: str, asked: wire.Request) -> None:
    assert wire.request(line.encode()) == asked


@pytest.mark.parametrize(
    ("line", "said", "number"),
    [
        (b"", "not a JSON document", None),
        (b"{", "not a JSON document", None),
        (b"\xff", "not a JSON document", None),
        (b"[]", "a JSON object", None),
        (b"{}", "has an id", None),
        (b'{"id":true,"do":"stop"}', "has an id", None),
        (b'{"id":-1,"do":"stop"}', "has an id", None),
        (b'{"id":9007199254740992,"do":"stop"}', "has an id", None),
        (b'{"id":1}', "not a kind of request", 1),
        (b'{"id":1,"do":"dance"}', '"dance" is not a kind', 1),
        (b'{"id":1,"do":"invoke"}', "cmdlet of a request is a text", 1),
        (b'{"id":1,"do":"invoke","cmdlet":"x","parameters":[]}', "parameters of a request is an object", 1),
        (b'{"id":1,"do":"invoke","cmdlet":"x","input":{}}', "input of a request is a list", 1),
        (b'{"id":1,"do":"invoke","cmdlet":"x","has_input":1}', "has_input of a request is true or false", 1),
        (b'{"id":1,"do":"set","property":"x"}', "has an object", 1),
        (b'{"id":1,"yes":"true"}', "yes of a request is true or false", 1),
        (b'{"id":1,"do":"hello","protocol":"1"}', "protocol of a request is a whole number", 1),
        (b'{"id":1,"do":' + b"[" * 33 + b"]" * 33 + b"}", "nested more than 32 levels", None),
        (b"[" * 200_000, "nested more than 32 levels", None),
        (b" " * (wire.LONGEST + 1), "at most 16 MiB", None),
    ],
)
def test_what_is_no_request_is_refused_with_the_reason(line: bytes, said: str, number: int | None) -> None:
    with pytest.raises(WireError) as refused:
        wire.request(line)
    assert said in refused.value.message
    assert refused.value.id == number


def test_brackets_in_a_text_nest_nothing() -> None:
    line = json.dumps({"id": 1, "do": "invoke", "cmdlet": '\\"[{' * 40}).encode()
    assert wire.request(line) == wire.Invoke(1, '\\"[{' * 40, {})


def _tried(line: bytes) -> wire.Request | WireError:
    try:
        return wire.request(line)
    except WireError as refused:
        return refused


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_whatever_comes_is_a_request_or_refused(line: bytes) -> None:
    asked = _tried(line)
    assert asked.message.endswith(".") if isinstance(asked, WireError) else asked.id >= 0


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
_KEYS = st.sampled_from(
    ["id", "do", "cmdlet", "parameters", "input", "has_input", "folder", "object", "property", "yes"]
)
_VALUES = st.sampled_from(["invoke", "set", "stop", "hello", 0, 1, True]) | _JSON


@given(st.dictionaries(_KEYS, _VALUES, max_size=8))
def test_every_mixture_of_what_requests_have_is_a_request_or_refused(said: dict[str, object]) -> None:
    asked = _tried(json.dumps(said).encode())
    assert asked.id in ((None, said.get("id")) if isinstance(asked, WireError) else (said["id"],))


def test_an_answer_is_one_line_of_utf_8_whatever_it_says() -> None:
    line = wire.answer(7, outputs=["a\nb", "\udcff", "\N{SNOWMAN}"])
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")
    assert json.loads(line) == {"id": 7, "outputs": ["a\nb", "?", "\N{SNOWMAN}"]}
