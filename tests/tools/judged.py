"""Verdicts on the paths of the reference vectors, and the tables of doc/x509.md about them."""
import collections
import os
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
DOCUMENT = "doc/x509.md"
FILES = ["pkits/pkits.kv", "chain/boringssl_chain.kv", "chain/limbo_2023.kv",
         "crl/boringssl_crl.kv"]
VALID = {"valid", "good"}

Judged = collections.namedtuple("Judged", "suite name is_accepted reason is_valid")


def files():
    """The vectors, or None if they are not here."""
    root = pathlib.Path(os.environ.get("IKE2_VECTORS") or "../shared/vectors") / "x509"
    paths = [root / name for name in FILES]
    return paths if all(path.exists() for path in paths) else None


def judge(program, paths):
    """Every record of every file, as the program judges it. What crashes judges nothing."""
    judged = []
    for suite, path in zip(FILES, paths):
        done = subprocess.run([program, path], capture_output=True, text=True, check=False)
        if done.returncode not in (0, 1) or "Sanitizer" in done.stderr:
            raise SystemExit(f"{program} {path}: status {done.returncode}\n{done.stderr}")
        rows = [line.split("\t") for line in done.stdout.splitlines() if line[:1] != "#"]
        judged += [Judged(suite, name, verdict == "accept", reason, expected in VALID)
                   for name, verdict, reason, expected in rows]
    return judged


def _rows(heading):
    """The rows of the tables below a heading, cell by cell, without the heads of those tables."""
    text = (ROOT / DOCUMENT).read_text().split(f"# {heading}\n", 1)[1]
    section = re.split(r"(?m)^##+ ", text)[0]
    without_heads = re.sub(r"(?m)^\|.*\n\|[-|]+\n", "", section)
    return [[cell.strip() for cell in line.strip("|").split("|")]
            for line in without_heads.splitlines() if line.startswith("|")]


def check_figures(heading, figures):
    """Findings, if the table below the heading has other figures than {suite: [cell, ...]}."""
    documented = {}
    for row in _rows(heading):
        suite = re.search(r"`([^`]+\.kv)`", row[0])
        documented[suite.group(1) if suite else row[0]] = row[1:]
    return [f"{DOCUMENT}, {heading}: {suite} is {figures.get(suite)}, documented as "
            f"{documented.get(suite)}"
            for suite in sorted({*figures, *documented})
            if figures.get(suite) != documented.get(suite)]


def check_reasons(heading, reasons):
    """Findings, if the tables below the heading do not list exactly these paths, {name: reason}.
    A row has the beginning of the reason, what is to be said about it, and names in backticks."""
    findings, listed = [], {}
    for said, why, names in _rows(heading):
        if not why:
            findings.append(f"{DOCUMENT}, {heading}: '{said}' is not justified")
        listed.update(dict.fromkeys(re.findall(r"`([^`]+)`", names), said.strip("`")))
    for name in sorted({*reasons, *listed}):
        if name not in listed:
            findings.append(f"{DOCUMENT}, {heading}: {name} is missing: {reasons[name]}")
        elif name not in reasons:
            findings.append(f"{DOCUMENT}, {heading}: {name} does not belong there any more")
        elif not reasons[name].startswith(listed[name]):
            findings.append(f"{DOCUMENT}, {heading}: {name}: '{listed[name]}' is documented, but "
                            f"'{reasons[name]}' is said")
    return findings
