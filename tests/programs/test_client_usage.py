#!/usr/bin/env python3
"""test_client_usage.py BUILD: command lines and files that are wrong are said to be so, in one
sentence, with the exit status 2; what is wrong with this machine gives 8."""
import re

import client_rig as rig
import program

PSK = ["--psk-file", "psk", "--id", "alice@example.org"]
CERT = ["--cert", "alice.pem", "--key", "alice.key"]

WRONG_LINES = [
    ([], "name the HOST to connect to"),
    (["h"], "how do we prove who we are? --psk-file FILE, or --cert FILE with --key FILE"),
    ([*PSK, "h", "i"], "name one HOST to connect to, not 2"),
    ([*PSK, *CERT, "h"], "we prove who we are in one way: --psk-file or --cert"),
    (["--psk-file", "psk", "h"],
     "--id is required with a pre-shared key: what we claim to be, as alice@example.org"),
    ([*PSK, "--key", "alice.key", "h"], "--key needs its certificate: --cert FILE; or --raw-key"),
    ([*CERT, "h"],
     "who may vouch for the server? --ca FILE, the certificate of its CA; or --remote-public-key"),
    (["--raw-key", *CERT, "h"],
     "we prove who we are in one way: --raw-key stands for --cert and --psk-file"),
    (["--raw-key", "h"], "--raw-key needs the private key: --key FILE"),
    (["--raw-key", "--key", "alice.key", "h"],
     "--id is required with --raw-key, as no name is in a key: what we claim to be, as "
     "alice@example.org"),
    ([*PSK, "--key-password-file", "x", "h"],
     "--key-password-file is for a --key, or for a --cert with its key"),
    ([*PSK, "--remot-id", "x", "h"], "--remot-id: no such option; did you mean --remote-id?"),
    ([*PSK, "--qqqqqqqqqqqq", "h"], "--qqqqqqqqqqqq: no such option; --help lists them"),
    ([*PSK, "h", "--port"], "--port needs a value"),
    ([*PSK, "--port", "0", "h"], "--port 0: it is too small: write 1 to 65535"),
    ([*PSK, "--port", "5x", "h"], "--port 5x: it is no number: write 1 to 65535"),
    ([*PSK, "--fragment-size", "575", "h"],
     "--fragment-size 575: it is too small: write 576 to 65535"),
    ([*PSK, "--remote-ts", "10.1.0.0/33", "h"],
     "--remote-ts 10.1.0.0/33: it is no network: write 10.1.0.0/24 or 2001:db8::/32"),
    ([*PSK, "--address", "10.1.0.0/24", "h"],
     "--address 10.1.0.0/24: it is no address: write 192.0.2.1 or 2001:db8::1"),
    ([*PSK, "--dataplane", "ipsec", "h"],
     "--dataplane ipsec: it is no data plane: write none, tun or xfrm"),
    ([*PSK, "--on-demand", "h"],
     "--on-demand needs a data plane that waits for traffic: --dataplane xfrm"),
    ([*PSK, "--child", "10.1.0.0/24", "h"],
     "--child 10.1.0.0/24: it names no two sides: write LOCAL=REMOTE, as 10.1.0.0/24=10.2.0.0/24"),
    ([*PSK, "--child", "=10.1.0.0/24", "--script", "/bin/true", "h"],
     "--script is told of one Child SA: leave --child out"),
    ([*PSK, "--request", "ip4,dsn", "h"],
     "--request ip4,dsn: it is none of ip4, ip6, dns, domains, nbns; did you mean 'dns'?"),
    ([*PSK, "--request", "dns", "h"],
     "what is asked for goes with an address: add ip4 or ip6 to --request"),
    ([*PSK, "--virtual-ip", "--on-demand", "--dataplane", "xfrm", "h"],
     "--on-demand waits for traffic of an address that we have: give --address instead of "
     "--virtual-ip and --request"),
    ([*PSK, "--script", "missing", "h"],
     "--script missing: it cannot be run: No such file or directory"),
    ([*PSK, "--script", "psk", "h"], "--script psk: it cannot be run: Permission denied"),
    ([*PSK, "--mode", "transprot", "h"],
     "--mode transprot: it is none of tunnel, transport, either; did you mean 'transport'?"),
    ([*PSK, "--rekey-octets", "5x", "h"],
     "--rekey-octets 5x: it is no number of octets: write 50000, 64k, 20m, 1g or 1024000KB"),
    ([*PSK, "--rekey-octets", "999999999g", "h"],
     "--rekey-octets 999999999g: it is too large"),
    ([*PSK, "--hold", "3y", "h"], "--hold 3y: it is no time: write 30s, 5m, 2h, 1d or never"),
    ([*PSK, "--proposal", "aes256gmc16-prfsha384-ecp384", "h"],
     "--proposal aes256gmc16-prfsha384-ecp384: it names no algorithm the library knows: "
     "'aes256gmc16'; did you mean 'aes256gcm16'?"),
    ([*PSK, "--config", "missing", "h"], "cannot read missing: No such file or directory"),
]

WRONG_FILES = [
    ('host = "h"\nremot-id = "x"\n',
     "file:2: no such option 'remot-id'; did you mean 'remote-id'?"),
    ('host = "h"\nproposal = {"aes256gcm16-prfsha384-ecp384"\n',
     "file:2: the '{' in this line is never closed: a '}' is missing"),
    ('host = "h"\nport = 70000\n', "file: port 70000: it is too large: write 1 to 65535"),
    ('host = "h"\nonce = yes\n', "file:2: no such option 'once'"),
]

MACHINE = [
    ([*PSK, "--psk-file", "missing", "127.0.0.1"],
     "cannot read missing: No such file or directory"),
    ([*PSK, "--keylog", "missing/keys", "127.0.0.1"],
     "cannot write keys to missing/keys: No such file or directory"),
    (["--cert", "alice.pem", "--key", "server.key", "--ca", "ca.pem", "127.0.0.1"],
     "server.key is not the private key of a certificate in alice.pem"),
    (["--cert", "alice.pem", "--ca", "ca.pem", "127.0.0.1"],
     "alice.pem is of no use without its private key: name it, too"),
    (["--cert", "psk", "--key", "alice.key", "--ca", "ca.pem", "127.0.0.1"], "psk"),
    (["--cert", "alice.pem", "--key", "alice-encrypted.key", "--ca", "ca.pem", "127.0.0.1"],
     "alice-encrypted.key is encrypted: name the file with its password"),
]


class Usage(rig.Case):
    def expect(self, done, text):
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertEqual(done.stderr, f"ikev2-client: {text}\n")
        self.assertEqual(done.stdout, "")

    def test_wrong_command_line_is_usage(self):
        for arguments, text in WRONG_LINES:
            with self.subTest(arguments=arguments):
                self.expect(self.run_client(*arguments), text)

    def test_wrong_file_is_usage(self):
        for content, text in WRONG_FILES:
            with self.subTest(content=content):
                self.workspace.write("file", content)
                self.expect(self.run_client(*PSK, "--config", "file"), text)

    def test_help_lists_every_option_of_the_manual(self):
        done = self.run_client("--help")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        manual = (rig.ROOT / "doc/man/ikev2-client.8").read_text().replace("\\-", "-")
        listed = {line.split()[0] for line in done.stdout.splitlines() if line.startswith("  --")}
        self.assertEqual(listed, set(re.findall(r"--[a-z][a-z-]*[a-z]", manual)))


class Machine(rig.Case):
    def test_what_this_machine_lacks_is_local(self):
        rig.make_certificates(self.path)
        for arguments, text in MACHINE:
            with self.subTest(arguments=arguments):
                done = self.run_client(*arguments)
                self.assertEqual(done.returncode, 8, done.stderr)
                self.assertIn(f"FAILED       {text}", done.stderr)

    def test_secret_that_others_can_read_is_warned_of(self):
        (self.path / "psk").chmod(0o644)
        with rig.udp_socket() as silent:
            done = self.run_client(*PSK, "--port", rig.port_of(silent), "--timeout", "1s",
                                   "127.0.0.1")
        self.assertIn("warning      psk is open to other users: chmod 600 psk\n", done.stderr)

    def test_identity_that_is_not_in_our_certificate_is_warned_of(self):
        rig.make_certificates(self.path)
        with rig.udp_socket() as silent:
            done = self.run_client(*rig.ALICE, "--ca", "ca.pem", "--id", "bob@example.org",
                                   "--port", rig.port_of(silent), "--timeout", "1s", "127.0.0.1")
        self.assertIn("--id does not stand in the certificate, which is made out to O=Example, "
                      "CN=Alice, alice@example.org", done.stderr)


if __name__ == "__main__":
    program.main()
