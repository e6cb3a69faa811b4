"""What the checks share: the files of the tree, C without its comments, and the verdict.

Every check is a program: CHECK.py [ROOT], 0 if all is well, 1 with one line per finding, 77 if
this machine cannot say. ROOT is the tree to check, by default the one the check lies in.
"""
import fnmatch
import os
import pathlib
import re
import sys

SKIPPED = 77
ROOT = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else __file__ + "/../../..").resolve()
IGNORED = {".git", "build", "__pycache__"}

_COMMENT = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
_DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n\\]|\\.|\\\n)*", re.M | re.S)


def relative(path):
    return path.relative_to(ROOT).as_posix()


def files(*patterns):
    """All files below ROOT whose name matches one of the patterns, in order."""
    found = []
    for directory, below, names in os.walk(ROOT):
        # Not entered: a build may hold a whole Debian.
        below[:] = [name for name in below if name not in IGNORED]
        found += [pathlib.Path(directory, name) for name in names
                  if any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)]
    return sorted(path for path in found if path.is_file())


def blank(match):
    return re.sub(r"[^\n]", " ", match.group())


def without_comments(text):
    """C with blanks for comments; literals stay."""
    return _COMMENT.sub(lambda m: m.group() if m.group()[0] in "\"'" else blank(m), text)


def bare(text):
    """C with blanks for comments, the inside of literals and preprocessor lines; every line keeps
    its number."""
    text = _COMMENT.sub(
        lambda m: m.group()[0] + "x" * (len(m.group()) - 2) + m.group()[0]
        if m.group()[0] in "\"'" else blank(m), text)
    return _DIRECTIVE.sub(blank, text)


def finish(findings):
    for finding in findings:
        print(finding)
    if findings:
        print(f"{len(findings)} findings")
    sys.exit(1 if findings else 0)


def skip(reason):
    print(f"SKIP: {reason}")
    sys.exit(SKIPPED)
