"""What the tests of ikev2-client add to program.py: certificates as doc/certificates.md makes them,
a relay that loses what it is told to lose, and texts with their variable parts masked."""
import pathlib
import re
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import threading

import program

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORLDS = {}

TOP = """
port = 0
natt-port = 0
"""
PSK_SERVER = """
    local { id = "vpn.example.org" psk-file = "psk" }
    remote { id = "alice@example.org" }
    child net { local-ts = { "10.1.0.0/16" } }
"""
PSK = ["--psk-file", "psk", "--id", "alice@example.org", "--remote-id", "vpn.example.org"]
CERTIFICATE_SERVER = """
    local { id = "vpn.example.org" cert = "%s.pem" key = "server.key" }
    remote { id = "alice@example.org" ca = { "ca.pem" } }
    child net { }
"""
ALICE = ["--cert", "alice.pem", "--key", "alice.key", "--remote-id", "vpn.example.org"]


def documented_commands():
    """The shell commands of doc/certificates.md, in order."""
    text = (ROOT / "doc/certificates.md").read_text()
    return "\n".join(re.findall(r"^```sh\n(.*?)^```", text, re.S | re.M))


def make_certificates(directory, world="ours"):
    """Puts all files that doc/certificates.md makes into the directory; each world has a CA of its
    own, made once."""
    if not shutil.which("openssl"):
        raise program.unittest.SkipTest("openssl is not installed")
    if world not in WORLDS:
        WORLDS[world] = tempfile.TemporaryDirectory()
        subprocess.run(["sh", "-eu", "-c", documented_commands()], cwd=WORLDS[world].name,
                       check=True, capture_output=True, timeout=program.PATIENCE)
    shutil.copytree(WORLDS[world].name, directory, dirs_exist_ok=True)


def sign(directory, name, extensions, dates, subject=None):
    """One more certificate by the intermediate CA for the server's key, NAME.pem with the
    intermediate's behind it; the dates are those of openssl ca, YYMMDDHHMMSSZ. Its common name
    is `subject`, or the name."""
    (directory / "index.txt").write_text("")
    (directory / "ca.cnf").write_text(
        "[ca]\ndefault_ca = this\n[this]\ndatabase = index.txt\nnew_certs_dir = .\n"
        "default_md = sha256\nrand_serial = yes\npolicy = any\n"
        "[any]\norganizationName = optional\ncommonName = supplied\n")
    (directory / f"{name}.ext").write_text(extensions)
    commands = [
        ["req", "-new", "-key", "server.key", "-utf8", "-subj",
         f"/O=Example/CN={subject or name}", "-out", f"{name}.csr"],
        ["ca", "-batch", "-notext", "-config", "ca.cnf", "-in", f"{name}.csr", "-cert",
         "intermediate.pem", "-keyfile", "intermediate.key", "-startdate", dates[0], "-enddate",
         dates[1], "-extfile", f"{name}.ext", "-out", f"{name}-only.pem"]]
    for command in commands:
        subprocess.run(["openssl", *command], cwd=directory, check=True, capture_output=True)
    (directory / f"{name}.pem").write_text((directory / f"{name}-only.pem").read_text() +
                                           (directory / "intermediate.pem").read_text())


def udp_socket():
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(("127.0.0.1", 0))
    return s


def port_of(s):
    return str(s.getsockname()[1])


class Relay:
    """Passes datagrams between a client and a server's two ports, but for those that `drops`."""

    def __init__(self, server, drops):
        self.drops = drops
        self.fronts = [udp_socket() for _ in range(2)]
        self.backs = [udp_socket() for _ in range(2)]
        self.port, self.natt_port = (port_of(s) for s in self.fronts)
        self.servers = [("127.0.0.1", int(p)) for p in (server.port, server.natt_port)]
        self.clients = [None, None]
        self.is_over = threading.Event()
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _pass_on(self, ready):
        for i in range(2):
            if self.fronts[i] in ready:
                data, self.clients[i] = self.fronts[i].recvfrom(65536)
                if not self.drops(data, i == 1):
                    self.backs[i].sendto(data, self.servers[i])
            if self.backs[i] in ready:
                data = self.backs[i].recv(65536)
                self.fronts[i].sendto(data, self.clients[i])

    def _run(self):
        while not self.is_over.is_set():
            self._pass_on(select.select(self.fronts + self.backs, [], [], 0.1)[0])

    def close(self):
        self.is_over.set()
        self.thread.join()
        for s in self.fronts + self.backs:
            s.close()


class Running:
    """A client that goes on until it is told to end."""

    def __init__(self, directory, *arguments, prefix=()):
        self.process = subprocess.Popen([*prefix, program.binary("ikev2-client"), *arguments],
                                        cwd=directory, text=True, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.PIPE)
        self.lines = program.Lines(self.process.stderr)

    def wait(self, pattern):
        return self.lines.wait(pattern)

    def end(self, number=None):
        """The exit code, and all lines."""
        if number is not None:
            self.process.send_signal(number)
        code = self.process.wait(timeout=program.PATIENCE)
        return code, self.lines.all()

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.process.stderr.close()


class Case(program.Case):
    def setUp(self):
        super().setUp()
        self.path = self.workspace.path

    def serve(self, connection=PSK_SERVER, top="", address="127.0.0.1", control="none"):
        """With `control="control.sock"` ikev2ctl can ask it."""
        server = self.start(f'{TOP}listen = "{address}"\ncontrol = "{control}"\n{top}\n'
                            f"connection test {{{connection}}}\n")
        self.addCleanup(self.stop, server)
        return server

    def serve_all(self, config):
        """With all connections of a configuration."""
        server = self.start(program.TOP + config)
        self.addCleanup(self.stop, server)
        return server

    def stop(self, server):
        """What the server did not like, or did not free, is a failure too."""
        if server.process.poll() is None:
            server.signal(signal.SIGCONT)
            self.assertEqual(server.stop(), 0, "\n".join(server.log.seen))

    def run_client(self, *arguments):
        return subprocess.run([program.binary("ikev2-client"), *arguments], cwd=self.path,
                              capture_output=True, text=True, timeout=program.PATIENCE)

    def connect(self, server, *arguments):
        """The finished process of a client that does not stay."""
        return self.run_client("--port", server.port, "--natt-port", server.natt_port, "--once",
                               *arguments, "127.0.0.1")

    def begin(self, server, *arguments):
        """A client that stays."""
        client = Running(self.path, "--port", server.port, "--natt-port", server.natt_port,
                         *arguments, "127.0.0.1")
        self.addCleanup(client.kill)
        return client


MASKS = [
    (r"127\.0\.0\.1:\d+", "ADDRESS"),
    (r"\b\d+ octets", "N octets"),
    (r"\brecord=\d+ sa=\d+", "record=N sa=N"),
    (r"\b[0-9a-f]{8} in, [0-9a-f]{8} out", "SPI in, SPI out"),
    (r"\d{4}-\d\d-\d\d", "DATE"),
    (r"\bin \d+ ms", "in N ms"),
    (r"\bgoing on at port \d+", "going on at port N"),
    # How often a request goes out depends on the time that this machine takes.
    (r"(?:.* again, try \d+\n)+", "(again)\n"),
    (r"\b\d+ requests?", "N requests"),
]


def masked(text):
    for pattern, mask in MASKS:
        text = re.sub(pattern, mask, text)
    return text
