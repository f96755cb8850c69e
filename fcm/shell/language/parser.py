"""Statements: the text of a script to its tree."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fcm.shell.language import tree
from fcm.shell.language.declarations import DeclarationParser
from fcm.shell.language.errors import ShellSyntaxError, near
from fcm.shell.language.exceptions import BASES, derived, exception_type
from fcm.shell.language.scanner import SINGLE, WORD_END, Token, TokenKind
from fcm.text.words import quoted

if TYPE_CHECKING:
    from collections.abc import Callable

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
)
"""Statements that end with their block: the next one may stand on the same line."""
_LATER_KEYWORDS = frozenset(
    ("class", "trap", "data", "workflow", "parallel", "sequence", "enum", "using", "dynamicparam", "configuration")
)
_MODES = ("wildcard", "regex", "exact", "casesensitive")
_LAST = "Put it last."
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
        raise ShellSyntaxError(f"The script has more than {LONGEST} characters.", "Divide it into parts.")
    parser = Parser(text)
    parser.origin = origin
    return parser.statements("")


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


class Parser(DeclarationParser):
    """Reads statements."""

    def statements(self, end: str) -> tuple[tree.Node, ...]:
        """Statements up to and with the closing ``end`` ("": the end of the text)."""
        found: list[tree.Node] = []
        while True:
            self.skip_space(newlines=True)
            while self.take(";"):
                self.skip_space(newlines=True)
            if not self.peek():
                if end:
                    raise self.fail(f"{quoted(end)} is missing.", f"Write {quoted(end)}.")
                return tuple(found)
            if end and self.take(end):
                return tuple(found)
            found.append(self.statement())
            self.skip_space()
            closing = self.peek()
            if isinstance(found[-1], _WITH_BLOCK):
                continue
            if closing and closing not in ";\n" and not (end and self.starts(end)):
                raise self.fail(
                    f"{quoted(self._here())} is unexpected here.", "End the statement with ; or a new line."
                )

    def statement(self) -> tree.Node:
        """One statement."""
        self.enter()
        self.skip_binding()
        start, word = self.at, self.keyword()
        reader = self._reader(word)
        if reader is not None:
            self.at += len(word)
            self.mark(TokenKind.KEYWORD, start)
            if word not in ("return", "exit", "break", "continue", "throw"):
                self.skip_space(newlines=True)
            node = reader(start)
        elif word in _LATER_KEYWORDS:
            raise self.fail(
                f"{quoted(word)} is not part of this shell's language.",
                "Use functions, loops and pipelines; docs/powershell.md lists what there is.",
            )
        else:
            node = self.pipeline_or_assignment()
        self.leave()
        return node

    def _reader(self, word: str) -> Callable[[int], tree.Node] | None:
        """What reads the statement that begins with a keyword; None for a word that is a command here."""
        if word in ("begin", "process", "end"):
            return (lambda start: self._named(word, start)) if _BRACE.match(self.text, self.at) else None
        if word in ("foreach", "param") and not _PARENTHESIS.match(self.text, self.at):
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
            "param": self.parameters,
        }
        return readers.get(word)

    def _condition(self) -> tree.Node:
        self.expect("(", "The condition")
        self.skip_space(newlines=True)
        test = self.statement()
        self.skip_space(newlines=True)
        self.expect(")", "The condition")
        return test

    def _braces(self, what: str) -> tuple[tree.Node, ...]:
        self.skip_space(newlines=True)
        self.expect("{", what)
        return self.statements("}")

    def _follows(self, word: str) -> bool:
        """Whether a keyword follows, on this line or a later one; passes it."""
        before, known = self.at, len(self.tokens)
        self.skip_space(newlines=True)
        if self.keyword() == word:
            start = self.at
            self.at += len(word)
            self.mark(TokenKind.KEYWORD, start)
            self.skip_space(newlines=True)
            return True
        self.at = before
        del self.tokens[known:]
        return False

    def _if(self, start: int) -> tree.Node:
        branches = [(self._condition(), self._braces("if"))]
        otherwise: tuple[tree.Node, ...] = ()
        while True:
            if self._follows("elseif"):
                branches.append((self._condition(), self._braces("elseif")))
            elif self._follows("else"):
                if self.keyword() == "if":
                    self.at += 2
                    self.skip_space(newlines=True)
                    branches.append((self._condition(), self._braces("else if")))
                    continue
                otherwise = self._braces("else")
                break
            else:
                break
        return tree.If(tuple(branches), otherwise, at=start)

    def _foreach(self, start: int) -> tree.Node:
        self.expect("(", "foreach")
        self.skip_space(newlines=True)
        variable = self.dollar() if self.peek() == "$" else None
        if not isinstance(variable, tree.Variable):
            raise self.fail("foreach needs a variable.", "Write foreach ($item in ...) { }.")
        self.skip_space(newlines=True)
        if self.keyword() != "in":
            raise self.fail("foreach needs 'in'.", "Write foreach ($item in ...) { }.")
        self.at += 2
        self.skip_space(newlines=True)
        source = self.statement()
        self.skip_space(newlines=True)
        self.expect(")", "foreach")
        return tree.ForEach(variable.name, source, self._braces("foreach"), at=start)

    def _try(self, start: int) -> tree.Node:
        body = self._braces("try")
        catches: list[tree.Catch] = []
        while self._follows("catch"):
            catches.append(self._catch(catches))
        final = self._braces("finally") if self._follows("finally") else None
        if not catches and final is None:
            raise self.fail("try needs catch or finally.", "Write try { } catch { }.")
        return tree.Try(body, tuple(catches), final, at=start)

    def _catch(self, before: list[tree.Catch]) -> tree.Catch:
        """One clause; what no error can reach any more is refused, as in PowerShell."""
        start = self.at
        types: list[str] = []
        caught = {name for one in before for name in one.types}
        if before and not before[-1].types:
            raise self.fail("A catch without types takes every error, so that none is left for this one.", _LAST, start)
        while self.peek() == "[":
            begin, name = self.at, self._exception()
            wider = next((base for base in derived(name) if base in caught), "")
            if wider:
                raise self.fail(f"[{name}] is caught before, by [{wider}].", "Put the wider type last.", begin)
            types.append(name)
            self.skip_space(newlines=True)
            if not self.take(","):
                break
            self.skip_space(newlines=True)
            if self.peek() != "[":
                raise self.fail("catch needs a type after the comma.", "Write catch [A], [B] { }.")
        return tree.Catch(tuple(types), self._braces("catch"), at=start)

    def _exception(self) -> str:
        """The type of exceptions in brackets that stands here, by its full name; passes it."""
        start, match = self.at, _EXCEPTION.match(self.text, self.at)
        if match is None:
            raise self.fail("catch needs the name of a type in brackets.", "Write catch [System.Exception] { }.")
        name = exception_type(match[1])
        if not name:
            known = {one.rpartition(".")[2]: one for one in BASES}
            close = near(match[1].rpartition(".")[2], known, most=1)
            remedy = next((f"Did you mean [{full}]?" for short, full in known.items() if f" {short}?" in close), "")
            raise self.fail(
                f"Unable to find type [{match[1]}]: no error of this shell is one.",
                remedy or "[System.Exception] catches every error; docs/powershell.md lists the others.",
                start,
            )
        self.at = match.end()
        self.mark(TokenKind.KEYWORD, start)
        return name

    def _throw(self, start: int) -> tree.Node:
        self.skip_space()
        if not self.peek() or self.peek() in ";\n})":
            return tree.Throw(at=start)
        return tree.Throw(self.pipeline_or_assignment(), at=start)

    def _leave(self, word: str, start: int) -> tree.Node:
        self.skip_space()
        if not self.peek() or self.peek() in ";\n})":
            return tree.Leave(word, at=start)
        if word in ("break", "continue"):
            raise self.fail(f"{word} goes to no label here.", f"Write {word} alone; it is for the innermost loop.")
        return tree.Leave(word, self.pipeline_or_assignment(), at=start)

    # loops

    def _while(self, start: int) -> tree.Node:
        return tree.While(self._condition(), self._braces("while"), at=start)

    def _do(self, start: int) -> tree.Node:
        body = self._braces("do")
        for word in ("while", "until"):
            if self._follows(word):
                return tree.DoLoop(body, word == "until", self._condition(), at=start)
        raise self.fail("do needs while or until after its block.", "Write do { } while (...).")

    def _for(self, start: int) -> tree.Node:
        self.expect("(", "for")
        parts: list[tree.Node | None] = []
        for end in (";", ";", ")"):
            self.skip_space(newlines=True)
            parts.append(None if self.starts(end) else self.statement())
            self.skip_space(newlines=True)
            self.expect(end, "for")
        return tree.For(parts[0], parts[1], parts[2], self._braces("for"), at=start)

    def _switch(self, start: int) -> tree.Node:
        mode = ""
        while self.dashed_word() in _MODES:
            begin, word = self.at, self.dashed_word()
            self.at += len(word) + 1
            self.mark(TokenKind.PARAMETER, begin)
            mode = "" if word == "exact" else word
            self.skip_space(newlines=True)
        value = self._condition()
        self.skip_space(newlines=True)
        self.expect("{", "switch")
        cases: list[tuple[tree.Node, tuple[tree.Node, ...]]] = []
        default: tuple[tree.Node, ...] | None = None
        while True:
            self.skip_space(newlines=True)
            while self.take(";"):
                self.skip_space(newlines=True)
            if self.take("}"):
                return tree.Switch(mode, value, tuple(cases), default, at=start)
            if self.keyword() == "default" and _BRACE.match(self.text, self.at):
                if default is not None:
                    raise self.fail("switch has two defaults.", "Leave one out.")
                self.at += len("default")
                default = self._braces("default")
            else:
                pattern = self._pattern()
                cases.append((pattern, self._braces("The pattern")))

    def _pattern(self) -> tree.Node:
        char = self.peek()
        if not char or char in "}|;)":
            raise self.fail("switch needs a pattern or } here.", "Write 'value' { ... } or default { ... }.")
        if char in SINGLE or char in '"\u201c\u201d\u201e$({@':
            return self.unary()
        start = self.at
        node = self.word(WORD_END)
        if self.at == start:
            raise self.fail(f"{quoted(self._here())} is no pattern.", "Put it into quotes.")
        return node

    # functions

    def _named(self, word: str, start: int) -> tree.Node:
        return tree.NamedBlock(word, self._braces(word), at=start)

    def _function(self, is_filter: bool, start: int) -> tree.Node:
        match = re.compile(r"[A-Za-z_][\w\-]*").match(self.text, self.at)
        if match is None:
            raise self.fail("The function needs a name.", "Write function Get-Something { ... }.")
        begin, self.at = self.at, match.end()
        self.mark(TokenKind.COMMAND, begin)
        self.skip_space(newlines=True)
        head: tuple[tree.Node, ...] = (self.parameters(self.at),) if self.peek() == "(" else ()
        return tree.Function(match[0], head + self._braces("function"), is_filter, self.origin, at=start)
