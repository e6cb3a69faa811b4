"""A SoftHSM token in a directory of its own, with keys and certificates, and a gate that holds its
signatures back."""
import os
import pathlib
import select
import shutil
import subprocess
import sys
import tempfile

import program

PIN = "1234"
MODULES = ["/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/pkcs11/libsofthsm2.so",
           "/usr/local/lib/softhsm/libsofthsm2.so"]
KINDS = {
    "rsa": ["RSA", "rsa_keygen_bits:2048"],
    "p256": ["EC", "ec_paramgen_curve:P-256"],
    "p384": ["EC", "ec_paramgen_curve:P-384"],
    "p521": ["EC", "ec_paramgen_curve:P-521"],
}


def run(directory, *command, **options):
    return subprocess.run(command, cwd=directory, check=True, capture_output=True,
                          timeout=program.PATIENCE, **options)


def module():
    found = next((path for path in MODULES if os.path.exists(path)), None)
    if not found or not shutil.which("softhsm2-util") or not shutil.which("openssl"):
        print("SKIP: SoftHSM (softhsm2-util, libsofthsm2.so) or openssl is not installed")
        sys.exit(program.SKIPPED)
    return found


class Token:
    """The token "vpn" with one key of each kind, named by it and numbered from 1, for all programs
    that are started from now on. Its files, and the certificates, are in `path`."""

    def __init__(self):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="ike2-token-"))
        (self.path / "tokens").mkdir()
        (self.path / "softhsm2.conf").write_text(
            f"directories.tokendir = {self.path}/tokens\nobjectstore.backend = file\n")
        self.write("pin", PIN + "\n")
        # SoftHSM leaves what OpenSSL has allocated for it to the end of the process.
        suppressions = self.write("lsan", "leak:libcrypto.so\n")
        os.environ["LSAN_OPTIONS"] = f"suppressions={suppressions}:print_suppressions=0"
        os.environ["SOFTHSM2_CONF"] = str(self.path / "softhsm2.conf")
        os.environ["IKE2_TEST_MODULE"] = module()
        os.environ.pop("IKE2_TOKEN_PIN", None)
        self.util("--init-token", "--free", "--label", "vpn", "--so-pin", "5678", "--pin", PIN)
        self.make_ca()
        for number, kind in enumerate(KINDS, 1):
            self.make(kind, number)

    def write(self, name, text):
        path = self.path / name
        path.touch(0o600)
        path.write_text(text)
        return path

    def util(self, *arguments):
        run(self.path, "softhsm2-util", *arguments)

    def make_ca(self):
        run(self.path, "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
            "ec_paramgen_curve:P-256", "-nodes", "-keyout", "token-ca.key", "-out", "token-ca.pem",
            "-subj", "/CN=ca", "-days", "2", "-addext", "keyUsage=critical,keyCertSign")
        for kind in KINDS:
            self.write(f"{kind}.ext",
                       f"subjectAltName=DNS:vpn.example.org,DNS:{kind}.example.org\n")

    def make(self, kind, number):
        """A key pair: the private key goes into the token and nowhere else."""
        algorithm, option = KINDS[kind]
        key = f"{kind}.key"
        run(self.path, "openssl", "genpkey", "-algorithm", algorithm, "-pkeyopt", option, "-out",
            key)
        request = run(self.path, "openssl", "req", "-new", "-key", key, "-subj", f"/CN={kind}")
        run(self.path, "openssl", "x509", "-req", "-CA", "token-ca.pem", "-CAkey", "token-ca.key",
            "-days", "2", "-set_serial", str(number), "-extfile", f"{kind}.ext", "-out",
            f"{kind}.pem", input=request.stdout)
        self.util("--import", key, "--token", "vpn", "--label", kind, "--id", f"{number:02d}",
                  "--pin", PIN)
        (self.path / key).unlink()

    def uri(self, what, pin="pin", held=False):
        """`what` is "object=rsa" and the like; without `pin` the environment has to tell."""
        path = program.BUILD / "examples/server/held_token.so" if held else module()
        pin_source = f"&pin-source=file:{self.path / pin}" if pin else ""
        return f"pkcs11:token=vpn;{what}?module-path={path}{pin_source}"

    def remove(self):
        shutil.rmtree(self.path)


class Gate:
    """Where the signatures of held_token stop, in programs that are started from now on."""

    def __init__(self, directory):
        self.path = pathlib.Path(directory) / "gate"
        self.path.mkdir()
        os.environ["IKE2_TEST_GATE"] = str(self.path)
        self.ends = {}
        for name in ("arrived", "go"):
            os.mkfifo(self.path / name)
            self.ends[name] = os.open(self.path / name, os.O_RDWR)

    def wait(self):
        """Until a signature is asked for."""
        ready = select.select([self.ends["arrived"]], [], [], program.PATIENCE)[0]
        if not ready:
            raise AssertionError("the token is not asked for a signature")
        os.read(self.ends["arrived"], 1)

    def say(self, word):
        """What becomes of it: "s", it is signed; "l", the session is lost; "f", it fails."""
        os.write(self.ends["go"], word.encode())

    def is_idle(self):
        """Is nobody at the gate?"""
        return not select.select([self.ends["arrived"]], [], [], 0)[0]

    def close(self):
        for end in self.ends.values():
            os.close(end)
