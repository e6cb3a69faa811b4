"""Runs ikev2-dissect and reads what it prints."""
import pathlib
import re
import subprocess
import tempfile

LINE = re.compile(r"(\d+) (\S+) (\S+) > (\S+) (.*)")
PAYLOAD = re.compile(r"( +)\S+ \((\d+)\), (\d+) octets(, critical)?")
FIELD = re.compile(r" +(Initiator SPI|Responder SPI|Version|Exchange|Flags|Message ID|Length"
                   r"|Proposal|Transform|Type|Method): ?(.*)")
NUMBER = re.compile(r"(?:.*\()?(\d+)\)?$")
PROPOSAL, TRANSFORM, NOTIFY = 2, 3, 41


class Result:
    def __init__(self, completed):
        self.status = completed.returncode
        self.out = completed.stdout.decode("ascii")
        self.errors = completed.stderr.decode("utf-8", "replace")

    def lines(self):
        """What is found, without the trees below."""
        return [line for line in self.out.splitlines() if not line.startswith(" ")]


def run(program, files, *options):
    """`files`: name -> octets; the first one is what is dissected, and options may name others.
    Names of the directory are removed from the messages."""
    with tempfile.TemporaryDirectory() as room:
        for name, octets in files.items():
            pathlib.Path(room, name).write_bytes(octets)
        arguments = [str(pathlib.Path(room, option)) if option in files else option
                     for option in (*options, next(iter(files)))]
        result = Result(subprocess.run([program, *arguments], capture_output=True, timeout=240))
        result.errors = result.errors.replace(room + "/", "")
    if result.status not in (0, 1, 2) or "Sanitizer" in result.errors:
        raise AssertionError(f"crash, status {result.status}: {result.errors[-2000:]}")
    return result


def number_of(text):
    """Of "NAME (7)" or "7"."""
    return int(NUMBER.match(text).group(1))


# The one field of a payload that is part of its note: (payload type, label) -> mark.
MARKS = {(34, "Method"): "g", (35, "Type"): "id", (36, "Type"): "id", (39, "Method"): "m",
         (41, "Type"): "n"}


class Message:
    """What a verbose output says of one packet."""

    def __init__(self, line):
        number, _, _, _, self.summary = LINE.match(line).groups()
        self.number = int(number)
        self.header = {}
        # (type, octets, note), the note as tests/vectors has it; of each proposal and transform
        # (2, 0, "") and (3, 0, "").
        self.outer, self.inner = [], []
        self.last = self.outer

    def add(self, line):
        payload = PAYLOAD.fullmatch(line)
        if payload:
            self.last = self.outer if len(payload.group(1)) == 4 else self.inner
            self.last.append((int(payload.group(2)), int(payload.group(3)),
                              "!" if payload.group(4) else ""))
            return
        field = FIELD.match(line)
        if field is None:
            return
        name, value = field.groups()
        if name in ("Proposal", "Transform"):
            self.last.append((2 if name == "Proposal" else 3, 0, ""))
        elif not self.last:
            self.header[name] = value
        elif (self.last[-1][0], name) in MARKS:
            kind, octets, note = self.last[-1]
            self.last[-1] = (kind, octets, f"{note}/{MARKS[kind, name]}{number_of(value)}")

    def chain(self):
        """As tests/vectors has it."""
        return chain_text(self.outer) or "-"

    def content(self):
        return chain_text(self.inner) or ("EMPTY" if "{ }" in self.summary else "-")

    def notifies(self):
        return [int(note.split("n")[1]) for kind, _, note in self.outer + self.inner
                if kind == NOTIFY and "n" in note]


def chain_text(chain):
    return ",".join(f"{kind}:{octets}{note}" for kind, octets, note in chain
                    if kind not in (PROPOSAL, TRANSFORM))


def messages_of(result):
    """The messages of a verbose output that have a header."""
    messages = []
    for line in result.out.splitlines():
        if not line.startswith(" "):
            messages.append(Message(line))
        else:
            messages[-1].add(line)
    return [message for message in messages if message.header]
