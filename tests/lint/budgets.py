#!/usr/bin/env python3
"""The budgets: how long, deep, wide and complex things may be."""
import pathlib
import re
import shutil
import subprocess
import tempfile

import tree

FILE_LINES = 600
FUNCTION_LINES = 60
COMPLEXITY = 15
PARAMETERS = 6
NESTING = 3
COLUMNS = 100
MEMBERS = 20

# Files that hold only a constant table: no limit of lines.
TABLE_FILES = set()
# Functions that hold only a table of options, as "file: function"; `main` is exempt anyway.
TABLE_FUNCTIONS = set()
# ABI tables and configurations: their members are documented one by one and cannot be regrouped.
TABLE_STRUCTS = {
    "ike2_crypto",
    "ike2_peer_config",
    "ike2_endpoint_config",
    "ike2_limits",
    "ike2_sa_info",
    "ike2_x509_policy",
    "ike2_pair",
    "options",
    "side",  # of the simulator: each member is a noun with a file of its own
}

CODE = ("*.c", "*.h", "*.py", "*.sh", "*.cmake", "*.in", "*.map", "CMakeLists.txt")
TOKEN = re.compile(r'[A-Za-z_]\w*|"[^"]*"|\'[^\']*\'|\d[\w.]*|->|\S')
CLOSING = {"(": ")", "{": "}", "[": "]"}
# What check_shape read, to compare with what pmccabe reads.
SEEN = set()
CONTROL = {"if", "for", "while", "switch"}


class Tokens:
    """The tokens of a text, with their lines and a position."""

    def __init__(self, text):
        found = list(TOKEN.finditer(text))
        self.text = [match.group() for match in found]
        starts = [match.start() for match in re.finditer(r"^", text, re.M)]
        self.line = []
        number = 0
        for match in found:
            while number < len(starts) and starts[number] <= match.start():
                number += 1
            self.line.append(number)
        self.at = 0

    def peek(self):
        return self.text[self.at] if self.at < len(self.text) else None

    def take(self):
        self.at += 1
        return self.text[self.at - 1] if self.at <= len(self.text) else None

    def group(self):
        """Takes a bracketed group and returns what is inside."""
        start = self.at
        stack = []
        while self.at < len(self.text):
            token = self.take()
            if token in CLOSING:
                stack.append(CLOSING[token])
            elif stack and token == stack[-1]:
                stack.pop()
                if not stack:
                    break
        return self.text[start + 1:self.at - 1]

    def skip_to(self, *ends):
        """Takes tokens up to and with one of `ends` that is outside of brackets, or up to the end
        of the block: a macro that is a statement may have no semicolon."""
        while self.peek() not in ("}", None):
            if self.peek() in ends:
                return self.take()
            if self.peek() in CLOSING:
                self.group()
            else:
                self.take()
        return None


def depth_of_block(tokens, depth):
    tokens.take()
    deepest = depth
    while tokens.peek() not in ("}", None):
        deepest = max(deepest, depth_of_statement(tokens, depth))
    tokens.take()
    return deepest


def depth_of_statement(tokens, depth):
    """Takes one statement and returns how many control statements its deepest one lies in, with
    itself. An `else if` is as deep as its `if`."""
    token = tokens.peek()
    if token == "{":
        return depth_of_block(tokens, depth)
    if token in CONTROL:
        tokens.take()
        tokens.group()
        deepest = depth_of_statement(tokens, depth + 1)
        if token == "if" and tokens.peek() == "else":
            tokens.take()
            level = depth if tokens.peek() == "if" else depth + 1
            deepest = max(deepest, depth_of_statement(tokens, level))
        return max(deepest, depth + 1)
    if token == "do":
        tokens.take()
        deepest = depth_of_statement(tokens, depth + 1)
        tokens.skip_to(";")
        return max(deepest, depth + 1)
    if token in ("case", "default"):
        tokens.skip_to(":")
        return depth
    if tokens.text[tokens.at + 1:tokens.at + 2] == [":"]:
        tokens.take()
        tokens.take()
        return depth
    tokens.skip_to(";")
    return depth


def count_commas(inside):
    depth = 0
    commas = 0
    for token in inside:
        if token in CLOSING:
            depth += 1
        elif token in CLOSING.values():
            depth -= 1
        elif token == "," and depth == 0:
            commas += 1
    return commas


def count_parameters(inside):
    return 0 if inside in ([], ["void"]) else count_commas(inside) + 1


def functions(text):
    """Yields (name, line, parameters, nesting) of every function definition."""
    tokens = Tokens(text)
    while tokens.peek() is not None:
        start = tokens.at
        name, parameters = None, []
        while tokens.peek() not in (";", "{", "=", None):
            if tokens.peek() == "(":
                caller = tokens.text[tokens.at - 1]
                inside = tokens.group()
                if name is None and re.match(r"[A-Za-z_]", caller) and caller != "__attribute__":
                    name, parameters = caller, inside
            else:
                tokens.take()
        if tokens.peek() == "{" and tokens.text[start] == "extern" and name is None:
            tokens.take()
        elif tokens.peek() == "{" and name and tokens.text[tokens.at - 1] == ")":
            line = tokens.line[start]
            yield name, line, count_parameters(parameters), depth_of_block(tokens, 0)
        elif tokens.peek() in ("{", "="):
            tokens.skip_to(";")
        else:
            tokens.take()


def members_of(tokens):
    """Takes the body of a struct: its members, with the structs inside it as one each."""
    members = 0
    tokens.take()
    while tokens.peek() not in ("}", None):
        start = tokens.at
        tokens.skip_to(";")
        members += 1 + count_commas(tokens.text[start:tokens.at])
    return members


def structs(text):
    """Yields (name, line, members) of every struct and union with a body."""
    tokens = Tokens(text)
    for at, token in enumerate(tokens.text):
        if token not in ("struct", "union"):
            continue
        tokens.at = at + 1
        name = tokens.take() if tokens.peek() != "{" else "anonymous"
        if tokens.peek() == "{":
            yield name, tokens.line[at], members_of(tokens)


def check_lines(path, text):
    name = tree.relative(path)
    lines = text.split("\n")
    if len(lines) - 1 > FILE_LINES and name not in TABLE_FILES:
        yield f"{name}: {len(lines) - 1} lines, at most {FILE_LINES}"
    for number, line in enumerate(lines, 1):
        if len(line) > COLUMNS:
            yield f"{name}:{number}: {len(line)} columns, at most {COLUMNS}"


def check_shape(path, text):
    name = tree.relative(path)
    code = tree.bare(text)
    for function, line, parameters, nesting in functions(code):
        SEEN.add((name, function))
        if parameters > PARAMETERS:
            yield f"{name}:{line}: {function}: {parameters} parameters, at most {PARAMETERS}"
        if nesting > NESTING:
            yield f"{name}:{line}: {function}: nesting {nesting}, at most {NESTING}"
    for struct, line, members in structs(code):
        if members > MEMBERS and struct not in TABLE_STRUCTS:
            yield f"{name}:{line}: struct {struct}: {members} members, at most {MEMBERS}"


def measure(paths):
    """The rows of pmccabe. It takes a declaration with an attribute for the head of the function
    behind it, so it is given copies without attributes."""
    attribute = re.compile(r"__attribute__\s*\(\(.*?\)\)(?=\s*[;{=\w])", re.S)
    with tempfile.TemporaryDirectory() as directory:
        names = [tree.relative(path) for path in paths]
        for path, name in zip(paths, names):
            copy = pathlib.Path(directory, name)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(attribute.sub(tree.blank, path.read_text()))
        return subprocess.run(["pmccabe", *names], cwd=directory, capture_output=True, text=True,
                              check=True).stdout.splitlines()


def check_functions(paths):
    """Lines and complexity, as pmccabe counts them."""
    for row in measure(paths):
        complexity, _, _, line, lines, place = row.split("\t")
        name, function = re.match(r"(.*)\(\d+\): (.*)", place).groups()
        if function.isupper():
            # A use of a macro, which pmccabe takes for a function.
            continue
        if (name, function) not in SEEN:
            yield f"{name}:{line}: {function}: this script cannot read it"
        exempt = function == "main" or f"{name}: {function}" in TABLE_FUNCTIONS
        if int(lines) > FUNCTION_LINES and not exempt:
            yield f"{name}:{line}: {function}: {lines} lines, at most {FUNCTION_LINES}"
        if int(complexity) > COMPLEXITY:
            yield f"{name}:{line}: {function}: complexity {complexity}, at most {COMPLEXITY}"


def check_exemptions(sources):
    """An exemption that nothing needs any more is a finding, so that the tables stay true."""
    defined = {name for path in sources for name, _, _ in structs(tree.bare(path.read_text()))}
    defined |= {match for path in sources
                for match in re.findall(r"^\} (\w+);", path.read_text(), re.M)}
    for name in sorted(TABLE_STRUCTS - defined):
        yield f"tests/lint/budgets.py: struct {name} is exempt and does not exist"
    for name in sorted(TABLE_FILES | {entry.split(":")[0] for entry in TABLE_FUNCTIONS}):
        if not (tree.ROOT / name).exists():
            yield f"tests/lint/budgets.py: {name} is exempt and does not exist"


if not shutil.which("pmccabe"):
    tree.skip("pmccabe is not installed")
sources = tree.files("*.c", "*.h")
found = [finding for path in tree.files(*CODE) for finding in check_lines(path, path.read_text())]
found += [finding for path in sources for finding in check_shape(path, path.read_text())]
found += check_functions(sources)
found += check_exemptions(sources)
tree.finish(found)
