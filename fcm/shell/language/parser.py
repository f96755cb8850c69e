"""Statements: the text of a script to its tree."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fcm.shell.language import tree
from fcm.shell.language.declarations import DeclarationParser
from fcm.shell.language.errors import ShellSyntaxError, near
from fcm.shell.language.exceptions import BASES, derived, exception_type
from fcm.shell.language.expressions import ExpressionParser
from fcm.shell.language.pipelines import PipelineParser
from fcm.shell.language.scanner import DOUBLE, SINGLE, WORD_END, Scanner, Token, TokenKind
from fcm.shell.language.types import TypeParser
from fcm.text.words import quoted

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.shell.language.texts import TextReader

_WITH_BLOCK = (
    tree.If,
    tree.ForEach,
    tree.Try,
    tree.While,
    tree.For,
    tree.Switch,
    tree.Function,
    tree.NamedBlock,
    tree.ParamBlock,
    tree.Trap,
    tree.Data,
    tree.EnumType,
    tree.ClassType,
    tree.DoLoop,
)
"""Statements that end with their block: the next one may stand on the same line."""
_LATER_KEYWORDS = frozenset(("workflow", "parallel", "sequence", "dynamicparam", "configuration"))
_LABEL = re.compile(r":([A-Za-z_]\w*)\s+(?=(?:foreach|for|while|do|switch)\b)", re.IGNORECASE)
_MODES = ("wildcard", "regex", "exact", "casesensitive")
_LAST = "Move it to the end."
_EXCEPTION = re.compile(r"\[\s*([A-Za-z_][\w.]*)\s*\]")
_BRACE = re.compile(r"[A-Za-z]+\s*\{")
_PARENTHESIS = re.compile(r"[A-Za-z]+\s*\(")
LONGEST = 200_000
"""Characters of a script."""


def parse(text: str, origin: tree.Source | None = None) -> tuple[tree.Node, ...]:
    """The statements of a script. ``origin``: what its functions and blocks tell as the text that they stand in.

    Raises:
        ShellSyntaxError: the text is not of the language; ``incomplete`` says whether more lines could help.
    """
    if len(text) > LONGEST:
        raise ShellSyntaxError(f"The script is longer than {LONGEST} characters.", "Split it into parts.")
    return Parser(text, origin).statements("")


def tokens(text: str) -> tuple[list[Token], ShellSyntaxError | None]:
    """The tokens of a text for colouring and completion; what cannot be read is one token of kind ERROR."""
    parser = Parser(text[:LONGEST])
    error = None
    try:
        parser.statements("")
    except ShellSyntaxError as wrong:
        error = wrong
        last = max((token.end for token in parser.tokens), default=0)
        if last < len(text):
            parser.tokens.append(Token(TokenKind.ERROR, last, len(text)))
    return sorted(parser.tokens, key=lambda token: (token.start, token.end)), error


class Parser:
    """Reads statements; its parts read what stands in them, all at the place of one scanner."""

    def __init__(self, text: str, origin: tree.Source | None = None) -> None:
        """Begin at the start of a text.

        Args:
            text: what is to be read.
            origin: the text as what runs later knows it; None where nothing will run.
        """
        self._scan = Scanner(text)
        self._origin = origin
        self._expressions = ExpressionParser(self._scan, self, origin)
        self._pipelines = PipelineParser(self._scan, self._expressions, self)
        self._declarations = DeclarationParser(self._scan, self._expressions)
        self._types = TypeParser(self._scan, self._expressions, self)
        self._label = ""

    @property
    def tokens(self) -> list[Token]:
        """The tokens that were read."""
        return self._scan.tokens

    def within(self, text: str) -> TextReader:
        """A reader for a text that stands inside of the one being read (a here-string), one level deeper."""
        inner = Parser(text)
        inner._scan.depth = self._scan.depth + 1
        return inner._expressions.texts

    def declared(self, start: int) -> tree.ParamBlock:
        """Parameters in parentheses that stand here."""
        return self._declarations.parameters(start)

    def statements(self, end: str) -> tuple[tree.Node, ...]:
        """Statements up to and with the closing ``end`` ("": the end of the text)."""
        found: list[tree.Node] = []
        while True:
            self._scan.skip_space(newlines=True)
            while self._scan.take(";"):
                self._scan.skip_space(newlines=True)
            if not self._scan.peek():
                if end:
                    raise self._scan.fail(f"{quoted(end)} is missing.", f"Add {quoted(end)}.")
                return tuple(found)
            if end and self._scan.take(end):
                return tuple(found)
            found.append(self.statement())
            self._scan.skip_space()
            closing = self._scan.peek()
            if isinstance(found[-1], _WITH_BLOCK):
                continue
            if closing and closing not in ";\n" and not (end and self._scan.starts(end)):
                raise self._scan.fail(
                    f"{quoted(self._scan.here())} is unexpected here.", "End the statement with ; or a newline."
                )

    def statement(self) -> tree.Node:
        """One statement."""
        self._scan.enter()
        start = self._scan.at
        attributes = self._declarations.binding() if self._scan.peek() == "[" else ()
        label = _LABEL.match(self._scan.text, self._scan.at) if self._scan.peek() == ":" else None
        if label is not None:
            self._scan.at = label.end()
        self._label = label[1] if label is not None else ""
        begin, word = self._scan.at, self._scan.keyword()
        reader = self._reader(word)
        if word == "param" and reader is not None:
            self._scan.at += len(word)
            self._scan.mark(TokenKind.KEYWORD, begin)
            self._scan.skip_space(newlines=True)
            node: tree.Node = self._declarations.parameters(start, attributes)
        elif reader is not None:
            self._scan.at += len(word)
            self._scan.mark(TokenKind.KEYWORD, begin)
            if word not in ("return", "exit", "break", "continue", "throw"):
                self._scan.skip_space(newlines=True)
            node = reader(start)
        elif word in _LATER_KEYWORDS:
            raise self._scan.unsupported(quoted(word), "Use functions, loops and pipelines.")
        elif self._types.flags():
            node = self._types.enum(start, flags=True)
        else:
            node = self._pipelines.pipeline_or_assignment()
        self._scan.leave()
        return node

    def _reader(self, word: str) -> Callable[[int], tree.Node] | None:
        """What reads the statement that begins with a keyword; None for a word that is a command here."""
        if word in ("begin", "process", "end", "clean", "data", "trap"):
            if not _BRACE.match(self._scan.text, self._scan.at) and not (word == "trap" and self._typed_trap()):
                return None
            if word == "clean":
                raise self._scan.unsupported("A clean block")
            if word == "trap":
                return self._trap
            if word == "data":
                return lambda start: tree.Data(self._braces("data"), at=start)
            return lambda start: self._named(word, start)
        if word in ("foreach", "param") and not _PARENTHESIS.match(self._scan.text, self._scan.at):
            if word == "foreach" and re.compile(r"foreach\s+-parallel", re.IGNORECASE).match(
                self._scan.text, self._scan.at
            ):
                raise self._scan.unsupported("foreach -parallel")
            return None
        if word in ("return", "exit", "break", "continue"):
            return lambda start: self._leave(word, start)
        if word in ("function", "filter"):
            return lambda start: self._function(word == "filter", start)
        readers: dict[str, Callable[[int], tree.Node]] = {
            "if": self._if,
            "try": self._try,
            "throw": self._throw,
            "foreach": self._foreach,
            "while": self._while,
            "do": self._do,
            "for": self._for,
            "switch": self._switch,
            "param": self._declarations.parameters,
            "enum": self._types.enum,
            "class": self._types.class_type,
            "using": self._types.using,
        }
        return readers.get(word)

    def _typed_trap(self) -> bool:
        return re.compile(r"trap\s*\[", re.IGNORECASE).match(self._scan.text, self._scan.at) is not None

    def _trap(self, start: int) -> tree.Node:
        types: list[str] = []
        while self._scan.peek() == "[":
            types.append(self._exception())
            self._scan.skip_space(newlines=True)
            self._scan.take(",")
            self._scan.skip_space(newlines=True)
        return tree.Trap(tuple(types), self._braces("trap"), at=start)

    def _condition(self) -> tree.Node:
        self._scan.expect("(", "The condition")
        self._scan.skip_space(newlines=True)
        test = self.statement()
        self._scan.skip_space(newlines=True)
        self._scan.expect(")", "The condition")
        return test

    def _braces(self, what: str) -> tuple[tree.Node, ...]:
        self._scan.skip_space(newlines=True)
        self._scan.expect("{", what)
        return self.statements("}")

    def _follows(self, word: str) -> bool:
        """Whether a keyword follows, on this line or a later one; passes it."""
        before, known = self._scan.at, len(self._scan.tokens)
        self._scan.skip_space(newlines=True)
        if self._scan.keyword() == word:
            start = self._scan.at
            self._scan.at += len(word)
            self._scan.mark(TokenKind.KEYWORD, start)
            self._scan.skip_space(newlines=True)
            return True
        self._scan.at = before
        del self._scan.tokens[known:]
        return False

    def _if(self, start: int) -> tree.Node:
        branches = [(self._condition(), self._braces("if"))]
        otherwise: tuple[tree.Node, ...] = ()
        while True:
            if self._follows("elseif"):
                branches.append((self._condition(), self._braces("elseif")))
            elif self._follows("else"):
                if self._scan.keyword() == "if":
                    self._scan.at += 2
                    self._scan.skip_space(newlines=True)
                    branches.append((self._condition(), self._braces("else if")))
                    continue
                otherwise = self._braces("else")
                break
            else:
                break
        return tree.If(tuple(branches), otherwise, at=start)

    def _foreach(self, start: int) -> tree.Node:
        label = self._label
        self._scan.expect("(", "foreach")
        self._scan.skip_space(newlines=True)
        variable = self._expressions.dollar() if self._scan.peek() == "$" else None
        if not isinstance(variable, tree.Variable):
            raise self._scan.fail("foreach requires a variable.", "Use foreach ($item in ...) { }.")
        self._scan.skip_space(newlines=True)
        if self._scan.keyword() != "in":
            raise self._scan.fail("foreach requires 'in'.", "Use foreach ($item in ...) { }.")
        self._scan.at += 2
        self._scan.skip_space(newlines=True)
        source = self.statement()
        self._scan.skip_space(newlines=True)
        self._scan.expect(")", "foreach")
        return tree.ForEach(variable.name, source, self._braces("foreach"), label, at=start)

    def _try(self, start: int) -> tree.Node:
        body = self._braces("try")
        catches: list[tree.Catch] = []
        while self._follows("catch"):
            catches.append(self._catch(catches))
        final = self._braces("finally") if self._follows("finally") else None
        if not catches and final is None:
            raise self._scan.fail("try requires catch or finally.", "Use try { } catch { }.")
        return tree.Try(body, tuple(catches), final, at=start)

    def _catch(self, before: list[tree.Catch]) -> tree.Catch:
        """One clause; what no error can reach any more is refused, as in PowerShell."""
        start = self._scan.at
        types: list[str] = []
        caught = {name for one in before for name in one.types}
        if before and not before[-1].types:
            raise self._scan.fail(
                "A catch block without types already catches every error, so this block is never reached.", _LAST, start
            )
        while self._scan.peek() == "[":
            begin, name = self._scan.at, self._exception()
            wider = next((base for base in derived(name) if base in caught), "") if name in BASES else ""
            if wider:
                raise self._scan.fail(
                    f"[{name}] is already caught by [{wider}].", "Move the more general type to the end.", begin
                )
            types.append(name)
            self._scan.skip_space(newlines=True)
            if not self._scan.take(","):
                break
            self._scan.skip_space(newlines=True)
            if self._scan.peek() != "[":
                raise self._scan.fail("A type is missing after the comma.", "Use catch [A], [B] { }.")
        return tree.Catch(tuple(types), self._braces("catch"), at=start)

    def _exception(self) -> str:
        """The type of exceptions in brackets that stands here, by its full name; passes it."""
        start, match = self._scan.at, _EXCEPTION.match(self._scan.text, self._scan.at)
        if match is None:
            raise self._scan.fail("catch requires a type name in brackets.", "Use catch [System.Exception] { }.")
        name = exception_type(match[1]) or match[1]
        own = rf"class\s+{re.escape(match[1])}\b|using\s+namespace"
        if not exception_type(match[1]) and not re.search(own, self._scan.text, re.IGNORECASE):
            raise self._unknown_exception(match[1], start)
        self._scan.at = match.end()
        self._scan.mark(TokenKind.KEYWORD, start)
        return name

    def _unknown_exception(self, written: str, start: int) -> ShellSyntaxError:
        known = {one.rpartition(".")[2]: one for one in BASES}
        close = near(written.rpartition(".")[2], known, most=1)
        remedy = next((f"Did you mean [{full}]?" for short, full in known.items() if f" {short}?" in close), "")
        error = self._scan.fail(
            f"Unable to find type [{written}]. No error has this type.",
            remedy or "To catch every error, use [System.Exception]. See docs/powershell.md for other types.",
            start,
        )
        error.unsupported = True
        return error

    def _throw(self, start: int) -> tree.Node:
        self._scan.skip_space()
        if not self._scan.peek() or self._scan.peek() in ";\n})":
            return tree.Throw(at=start)
        return tree.Throw(self._pipelines.pipeline_or_assignment(), at=start)

    def _leave(self, word: str, start: int) -> tree.Node:
        self._scan.skip_space()
        if not self._scan.peek() or self._scan.peek() in ";\n})":
            return tree.Leave(word, at=start)
        if word in ("break", "continue"):
            label = re.compile(r"[A-Za-z_]\w*").match(self._scan.text, self._scan.at)
            if label is None:
                raise self._scan.unsupported("A label that is not a name")
            self._scan.at = label.end()
            return tree.Leave(word, tree.Literal(label[0], at=start), at=start)
        return tree.Leave(word, self._pipelines.pipeline_or_assignment(), at=start)

    # loops

    def _while(self, start: int) -> tree.Node:
        label = self._label
        return tree.While(self._condition(), self._braces("while"), label, at=start)

    def _do(self, start: int) -> tree.Node:
        label, body = self._label, self._braces("do")
        for word in ("while", "until"):
            if self._follows(word):
                return tree.DoLoop(body, word == "until", self._condition(), label, at=start)
        raise self._scan.fail("do requires while or until after its block.", "Use do { } while (...).")

    def _for(self, start: int) -> tree.Node:
        label = self._label
        self._scan.expect("(", "for")
        parts: list[tree.Node | None] = []
        for end in (";", ";", ")"):
            self._scan.skip_space(newlines=True)
            parts.append(None if self._scan.starts(end) else self._part_of_for(end))
            self._scan.skip_space(newlines=True)
            self._scan.expect(end, "for")
        return tree.For(parts[0], parts[1], parts[2], self._braces("for"), label, at=start)

    def _part_of_for(self, end: str) -> tree.Node:
        node = self.statement()
        self._scan.skip_space()
        if self._scan.starts(","):
            raise self._scan.unsupported("Several expressions in one part of for")
        return node

    def _switch(self, start: int) -> tree.Node:
        label, modes = self._label, set()
        while self._scan.dashed_word() in (*_MODES, "file", "parallel"):
            begin, word = self._scan.at, self._scan.dashed_word()
            if word in ("file", "parallel"):
                raise self._scan.unsupported(f"switch -{word}")
            self._scan.at += len(word) + 1
            self._scan.mark(TokenKind.PARAMETER, begin)
            modes.add(word)
            self._scan.skip_space(newlines=True)
        mode = " ".join(one for one in ("wildcard", "regex", "casesensitive") if one in modes)
        value = self._condition()
        self._scan.skip_space(newlines=True)
        self._scan.expect("{", "switch")
        cases: list[tuple[tree.Node, tuple[tree.Node, ...]]] = []
        default: tuple[tree.Node, ...] | None = None
        while True:
            self._scan.skip_space(newlines=True)
            while self._scan.take(";"):
                self._scan.skip_space(newlines=True)
            if self._scan.take("}"):
                return tree.Switch(mode, value, tuple(cases), default, label, at=start)
            if self._scan.keyword() == "default" and _BRACE.match(self._scan.text, self._scan.at):
                if default is not None:
                    raise self._scan.fail("switch has two default blocks.", "Remove one of them.")
                self._scan.at += len("default")
                default = self._braces("default")
            else:
                pattern = self._pattern()
                cases.append((pattern, self._braces("The pattern")))

    def _pattern(self) -> tree.Node:
        char = self._scan.peek()
        if not char or char in "}|;)":
            raise self._scan.fail("A pattern or } is missing in switch.", "Use 'value' { ... } or default { ... }.")
        if char in SINGLE or char in '"\u201c\u201d\u201e$({@[':
            return self._expressions.unary()
        start = self._scan.at
        node = self._expressions.texts.word(WORD_END)
        if self._scan.at == start:
            raise self._scan.fail(f"{quoted(self._scan.here())} is not a pattern.", "Enclose it in quotes.")
        return node

    # functions

    def _named(self, word: str, start: int) -> tree.Node:
        return tree.NamedBlock(word, self._braces(word), at=start)

    def _function(self, is_filter: bool, start: int) -> tree.Node:
        match = re.compile(r"[A-Za-z_][^\s(){};|,$'\"]*").match(self._scan.text, self._scan.at)
        if match is None:
            raise self._scan.fail("The function name is missing.", "Example: function Get-Something { ... }.")
        begin, self._scan.at = self._scan.at, match.end()
        self._scan.mark(TokenKind.COMMAND, begin)
        self._scan.skip_space(newlines=True)
        head: tuple[tree.Node, ...] = (
            (self._declarations.parameters(self._scan.at),) if self._scan.peek() == "(" else ()
        )
        body, span = self._body_of_function()
        return tree.Function(match[0], head + body, is_filter, self._origin, span, at=start)

    def _body_of_function(self) -> tuple[tuple[tree.Node, ...], tuple[int, int]]:
        """The statements of a function; what this shell does not know counts only when the function is called."""
        self._scan.skip_space(newlines=True)
        begin = self._scan.at + 1
        known, depth = len(self._scan.tokens), self._scan.depth
        try:
            body = self._braces("function")
        except ShellSyntaxError as error:
            if not error.unsupported:
                raise
            self._scan.at, self._scan.depth = begin, depth
            del self._scan.tokens[known:]
            self._pass_block()
            error.source = self._origin
            body = (tree.Unreadable(error, at=error.at),)
        return body, (begin, self._scan.at - 1)

    def _pass_block(self) -> None:
        """Pass everything up to and with the brace that closes the block begun before."""
        depth = 1
        while depth:
            self._scan.skip_space(newlines=True)
            char = self._scan.peek()
            if not char:
                raise self._scan.fail("'}' is missing.", "Add '}'.")
            if char in SINGLE:
                self._scan.read_single()
            elif char in DOUBLE:
                self._expressions.texts.read_double()
            elif char == "@" and self._scan.peek(1) and self._scan.peek(1) in SINGLE + DOUBLE:
                self._scan.read_here()
            else:
                depth += (char == "{") - (char == "}")
                self._scan.at += 2 if char == "`" else 1
