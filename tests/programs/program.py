"""Runs the programs for tests: a server on free ports of the loopback interface, an initiator, and
the control socket. Nothing here sleeps: every wait is for a line, an answer or an end.
"""
import json
import os
import pathlib
import queue
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

PATIENCE = 60  # seconds: only a hang meets it
SKIPPED = 77

# Each test program is called with the build directory; names of tests may follow.
BUILD = pathlib.Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else None

CONNECTION = """
connection office {{
    local {{ id = "server.example" psk-file = "psk" }}
    remote {{ id = "{peer}" }}
    child net {{ local-ts = {{ "10.2.0.0/24" }} remote-ts = {{ "10.1.0.0/24" }} }}
}}
"""
TOP = """
listen = "127.0.0.1"
port = 0
natt-port = 0
control = "control.sock"
"""


def binary(name):
    places = [BUILD / "examples" / place / name for place in ("server", "client", "ctl", "minimal")]
    found = next((path for path in places if path.exists()), None)
    if found is None:
        print(f"SKIP: {name} was not built")
        sys.exit(SKIPPED)
    return str(found)


class Lines:
    """The lines of a pipe, as they come."""

    def __init__(self, pipe):
        self.seen = []
        self.coming = queue.Queue()
        self.thread = threading.Thread(target=self.read, args=(pipe,), daemon=True)
        self.thread.start()

    def read(self, pipe):
        for line in pipe:
            self.coming.put(line.rstrip("\n"))
        self.coming.put(None)

    def wait(self, pattern):
        """The match of the next line that has the pattern; others may come meanwhile."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                line = self.coming.get(timeout=max(end - time.monotonic(), 0))
            except queue.Empty:
                line = None
            if line is None:
                raise AssertionError(f"no line has {pattern!r}:\n" + "\n".join(self.seen))
            self.seen.append(line)
            match = re.search(pattern, line)
            if match:
                return match

    def all(self):
        """Everything, once the other end is closed."""
        while (line := self.coming.get(timeout=PATIENCE)) is not None:
            self.seen.append(line)
        return "\n".join(self.seen)


class Workspace:
    """A directory with the files of one test."""

    def __init__(self):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="ike2-programs-"))
        self.secret("psk", "Zt3vQ8mLw0RkX5cYb7NfJ2sHd9GpUe4a\n")

    def write(self, name, text):
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def secret(self, name, text):
        self.write(name, text).chmod(0o600)

    def remove(self):
        shutil.rmtree(self.path)


class Server:
    """ikev2-server run, up to its ready line."""

    def __init__(self, workspace, config, *arguments):
        self.workspace = workspace
        workspace.write("server.conf", config)
        self.process = subprocess.Popen(
            [binary("ikev2-server"), "run", "--config", "server.conf", *arguments],
            cwd=workspace.path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.out = Lines(self.process.stdout)
        self.log = Lines(self.process.stderr)
        if "--json" in arguments:
            ready = json.loads(self.out.wait(r"ready").string)
            self.port, self.natt_port = ready["port"], ready["natt_port"]
        else:
            ready = self.out.wait(r"^ready port=(\d+) natt-port=(\d+)$")
            self.port, self.natt_port = ready[1], ready[2]

    def signal(self, number):
        self.process.send_signal(number)

    def end(self):
        """The exit code; the log has been read to its end."""
        code = self.process.wait(timeout=PATIENCE)
        self.log.all()
        return code

    def stop(self):
        self.signal(signal.SIGTERM)
        return self.end()

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()


class Initiator:
    """minimal_initiator against a server; `hold` keeps it up until it is ended."""

    def __init__(self, server, peer="client.example", hold=0, psk="psk", arguments=()):
        self.process = subprocess.Popen(
            [binary("minimal_initiator"), "--psk-file", psk, "--id", peer,
             "--remote-id", "server.example", "--port", str(server.port),
             "--natt-port", str(server.natt_port), "--local-ts", "10.1.0.0/24",
             "--remote-ts", "10.2.0.0/24", "--hold", str(hold), "--timeout", "30", *arguments,
             "127.0.0.1"],
            cwd=server.workspace.path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.lines = Lines(self.process.stdout)

    def up(self):
        self.lines.wait(r"^CHILD_SA up")
        return self

    def end(self, number=None):
        if number is not None:
            self.process.send_signal(number)
        code = self.process.wait(timeout=PATIENCE)
        self.lines.all()
        return code

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()


class Control:
    """A connection to the control socket, octet by octet."""

    def __init__(self, workspace):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(PATIENCE)
        # The directory's path may be longer than an address takes.
        here = os.getcwd()
        os.chdir(workspace.path)
        try:
            self.socket.connect("control.sock")
        finally:
            os.chdir(here)
        self.file = self.socket.makefile("r")

    def send(self, octets):
        self.socket.sendall(octets)

    def answer(self):
        """The next line as an object; None at the end."""
        line = self.file.readline()
        return json.loads(line) if line else None

    def ask(self, command, **rest):
        self.send(json.dumps({"command": command, **rest}).encode() + b"\n")
        return self.answer()

    def close(self):
        self.file.close()
        self.socket.close()


def ctl(workspace, *arguments):
    """ikev2ctl: exit code, stdout, stderr."""
    done = subprocess.run([binary("ikev2ctl"), "--socket", "control.sock", *arguments],
                          cwd=workspace.path, capture_output=True, text=True, timeout=PATIENCE)
    return done.returncode, done.stdout, done.stderr


class Case(unittest.TestCase):
    """A test with a workspace; what it starts is ended with it."""

    def setUp(self):
        self.workspace = Workspace()
        self.addCleanup(self.workspace.remove)

    def start(self, config=None, *arguments):
        server = Server(self.workspace, config or TOP + CONNECTION.format(peer="client.example"),
                        *arguments)
        self.addCleanup(server.kill)
        self.addCleanup(self.finish, server)
        return server

    def finish(self, server):
        """What the server did not free, or did wrong in memory, is a failure of the test."""
        if server.process.poll() is None:
            self.assertEqual(server.stop(), 0, "\n".join(server.log.seen))

    def peer(self, server, *arguments, **options):
        peer = Initiator(server, *arguments, **options)
        self.addCleanup(peer.kill)
        return peer

    def control(self):
        control = Control(self.workspace)
        self.addCleanup(control.close)
        return control


def main():
    unittest.main(argv=sys.argv[:1] + sys.argv[2:], verbosity=2)
