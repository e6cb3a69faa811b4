#!/usr/bin/env python3
"""test_hash_and_url.py BUILD: certificates that are not sent but fetched (Hash and URL, RFC 7296
3.6), from a web server of the test's on the loopback interface."""
import signal
import socket

import client_rig as rig
import program
from trust_rig import (AUTH, CERTIFICATE, CURRENT, LEAF, LOCAL, LONG, NO_PATH, OK, REVOKED, USAGE,
                       Trust)
from web_rig import Later, Web

HERE = ["--crl-network", "127.0.0.0/8"]
LOOK_UP = ["--hash-and-url", *HERE]
UNFETCHED = "the server's certificate could not be fetched"
FORBIDDEN = "its host has an address that nothing is fetched from"
LARGEST = 1 << 14
OTHER = 1  # the exit code of one who was told to end

SERVER = """
    local {
        id = "vpn.example.org" cert = "server.pem" key = "server.key"
        %s
    }
    remote { id = "alice@example.org" ca = "ca.pem" %s }
    child net { }
"""
SERVER_LOOKS_UP = 'hash-and-url = yes crl-networks = "127.0.0.1"'
CRLS = ' crl = hard crl-fetch = yes crl-file = "ca.crl"'


class Lookup(Trust):
    """The server's certificate is /server, alice's is /alice, what is between either and the CA is
    /ca."""

    def setUp(self):
        super().setUp()
        self.web = Web()
        self.addCleanup(self.web.close)
        for path, file in (("/server", "server-only.pem"), ("/alice", "alice-only.pem"),
                           ("/ca", "intermediate.pem")):
            self.web.files[path] = self.der(file)

    def der(self, file):
        self.openssl("x509", "-in", file, "-outform", "DER", "-out", "web.der")
        return (self.path / "web.der").read_bytes()

    def serve_at(self, url=None, rules=""):
        """Its own certificate is there."""
        urls = url or self.web.url("/server"), self.web.url("/ca")
        said = ", ".join(f'"{u}"' for u in urls)
        return self.serve(SERVER % (f"cert-url = {{ {said} }}", rules))

    def serve_lookups(self, rules=SERVER_LOOKS_UP):
        return self.serve(SERVER % ("", rules))

    def alice(self, *urls):
        """The options of a client whose certificates are at these URLs."""
        options = [*rig.ALICE, "--ca", "ca.pem"]
        for url in urls or (self.web.url("/alice"), self.web.url("/ca")):
            options += ["--cert-url", url]
        return options


class Verdicts(Lookup):
    def test_the_client_fetches_what_the_server_names(self):
        said = self.expect(self.serve_at(), OK, None, *LOOK_UP)
        for path in ("/server", "/ca"):
            self.assertIn(f"certificate fetched from {self.web.url(path)}\n", said)
        self.assertEqual(sorted(self.web.asked), ["/ca", "/server"])

    def test_the_server_fetches_what_the_client_names(self):
        server = self.serve_lookups()
        self.assertEqual(self.connect(server, *self.alice()).returncode, OK)
        server.log.wait(f"certificate fetched from {self.web.url('/alice')}$")
        self.assertEqual(sorted(self.web.asked), ["/alice", "/ca"])

    def test_both_at_once(self):
        server = self.serve_at(rules=SERVER_LOOKS_UP)
        self.assertEqual(self.connect(server, *self.alice(), *LOOK_UP).returncode, OK)
        self.assertEqual(sorted(self.web.asked), ["/alice", "/ca", "/ca", "/server"])

    def test_who_does_not_look_up_is_sent_the_certificates(self):
        self.expect(self.serve_at(), OK, None)
        self.assertEqual(self.connect(self.serve_lookups(rules=""), *self.alice()).returncode, OK)
        self.assertEqual(self.web.asked, [])

    def test_who_has_no_urls_sends_the_certificates(self):
        server = self.serve_lookups()
        self.expect(server, OK, None, *LOOK_UP)
        self.assertEqual(self.web.asked, [])

    def test_a_connection_that_does_not_look_up_refuses_urls(self):
        """The peer was told of it before it had said who it is."""
        server = self.serve_all(
            "connection others {%s}\nconnection alice {%s}\n" % (
                (SERVER % ("", SERVER_LOOKS_UP)).replace("alice@", "others@"), SERVER % ("", "")))
        self.assertEqual(self.connect(server, *self.alice()).returncode, AUTH)
        server.log.wait("hash-and-url = yes")
        self.assertEqual(self.web.asked, [])

    def test_what_is_fetched_is_judged_like_what_is_sent(self):
        self.crl("ca", CURRENT)
        revoked = self.crl("intermediate", CURRENT, ["server-only.pem"])
        server = self.serve_at()
        self.expect(server, CERTIFICATE, REVOKED, *LOOK_UP, *revoked)
        rig.make_certificates(self.path / "elsewhere", "theirs")
        self.expect(server, CERTIFICATE, NO_PATH, *LOOK_UP, ca=("--ca", "elsewhere/ca.pem"))

    def test_the_sa_waits_and_others_are_served_meanwhile(self):
        slow = self.web.files["/alice"] = Later(self.web.files["/alice"])
        server = self.serve_lookups()
        client = self.begin(server, *self.alice())
        self.web.coming.get(timeout=program.PATIENCE)
        self.expect(server, OK, None)
        client.wait("IKE_AUTH .* again, try")
        slow.is_due.set()
        client.wait("^CONNECTED ")
        self.assertEqual(sorted(self.web.asked), ["/alice", "/ca"])

    def test_crls_are_fetched_afterwards(self):
        rig.sign(self.path, "pointed", LEAF % (
            "extendedKeyUsage = clientAuth\nsubjectAltName = email:alice@example.org\n"
            "crlDistributionPoints = URI:" + self.web.url("/i.crl")), LONG)
        self.crl("ca", CURRENT)
        self.crl("intermediate", CURRENT)
        self.openssl("crl", "-in", "intermediate.crl", "-outform", "DER", "-out", "web.crl")
        self.web.files["/pointed"] = self.der("pointed-only.pem")
        self.web.files["/i.crl"] = (self.path / "web.crl").read_bytes()
        server = self.serve_lookups(rules=SERVER_LOOKS_UP + CRLS)
        done = self.connect(server, "--cert", "pointed.pem", "--key", "server.key", "--ca",
                            "ca.pem", "--remote-id", "vpn.example.org", "--cert-url",
                            self.web.url("/pointed"), "--cert-url", self.web.url("/ca"))
        self.assertEqual(done.returncode, OK, done.stderr)
        self.assertEqual(self.web.asked[2:], ["/i.crl"])


class Failures(Lookup):
    def failing(self, why, server, asked=None, networks=LOOK_UP):
        said = self.expect(server, CERTIFICATE, UNFETCHED, *networks)
        self.assertRegex(said, rf"no certificate from http://\S+: .*{why}")
        if asked is not None:
            self.assertEqual(sorted(self.web.asked), asked)

    def test_nothing_there(self):
        del self.web.files["/server"]
        self.failing("404", self.serve_at(), asked=["/ca", "/server"])

    def test_a_server_says_what_and_whose(self):
        del self.web.files["/alice"]
        server = self.serve_lookups()
        self.assertEqual(self.connect(server, *self.alice()).returncode, AUTH)
        server.log.wait(r"no certificate from http://127\.0\.0\.1:\d+/alice: .*404")
        server.log.wait(r"hash and URL: .*404")
        server.log.wait("try .*crl-networks")

    def test_another_certificate(self):
        self.web.files["/server"] = self.web.files["/alice"]
        self.failing("has not the SHA-1 hash that the peer says", self.serve_at())

    def test_one_octet_is_another(self):
        octets = bytearray(self.web.files["/server"])
        octets[-1] ^= 1
        self.web.files["/server"] = bytes(octets)
        self.failing("has not the SHA-1 hash that the peer says", self.serve_at())

    def test_nobody_listens(self):
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{s.getsockname()[1]}/server"
            self.failing("Failed to connect", self.serve_at(url))

    def test_too_large(self):
        self.web.files["/server"] = bytes(LARGEST + 1)
        self.failing(f"larger than {LARGEST} octets", self.serve_at())

    def test_the_last_octet_that_fits_is_taken(self):
        self.web.files["/server"] = bytes(LARGEST)
        self.failing("has not the SHA-1 hash", self.serve_at())

    def test_too_slow(self):
        self.web.files["/server"] = Web.NEVER
        self.failing("timed out", self.serve_at())

    def test_what_is_between_is_missing(self):
        del self.web.files["/ca"]
        said = self.expect(self.serve_at(), CERTIFICATE, NO_PATH, *LOOK_UP)
        self.assertRegex(said, "no certificate from http://.*/ca: .*404")

    def test_redirected_for_ever(self):
        self.web.files["/server"] = self.web.url("/server")
        self.failing("redirects", self.serve_at(), asked=["/ca"] + ["/server"] * 4)

    def test_redirected_to_another_scheme(self):
        for elsewhere in (f"file://{self.path}/server-only.pem", "https://127.0.0.1/server"):
            with self.subTest(elsewhere):
                self.web.files["/server"] = elsewhere
                self.failing("rotocol", self.serve_at())


class Strangers(Lookup):
    """Who has proven nothing does not choose what this machine alone can reach."""

    def test_some_addresses_are_not_visited_unless_allowed(self):
        port = self.web.server.server_address[1]
        for host in ("127.0.0.1", "localhost", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]",
                     "169.254.169.254", "10.0.0.1", "172.31.255.255", "192.168.0.1", "100.64.0.1",
                     "[fd00::1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]"):
            with self.subTest(host):
                url = f"http://{host}:{port}/server"
                said = self.expect(self.serve_at(url), CERTIFICATE, UNFETCHED,
                                   "--hash-and-url")
                self.assertIn(f"no certificate from {url}: {FORBIDDEN}\n", said)
        self.assertEqual(self.web.asked, [])

    def test_who_is_redirected_is_watched_as_well(self):
        port = self.web.server.server_address[1]
        self.web.files["/away"] = f"http://127.0.0.2:{port}/server"
        server = self.serve_at(self.web.url("/away"))
        said = self.expect(server, CERTIFICATE, UNFETCHED, "--hash-and-url", "--crl-network",
                           "127.0.0.1")
        self.assertIn(f"no certificate from {self.web.url('/away')}: {FORBIDDEN}\n", said)
        self.assertNotIn("/server", self.web.asked)


class Ends(Lookup):
    """Who is told to end, or is not waited for any more, does not wait for a web server."""

    def test_a_client(self):
        self.web.files["/server"] = Web.NEVER
        client = self.begin(self.serve_at(), *rig.ALICE, "--ca", "ca.pem", *LOOK_UP)
        self.web.coming.get(timeout=program.PATIENCE)
        code, said = client.end(signal.SIGTERM)
        self.assertNotIn("no certificate from", said)
        self.assertEqual(code, OTHER)

    def test_a_server(self):
        self.web.files["/alice"] = Web.NEVER
        server = self.serve_lookups()
        self.begin(server, *self.alice())
        self.web.coming.get(timeout=program.PATIENCE)
        self.assertEqual(server.stop(), 0)
        self.assertNotIn("no certificate from", "\n".join(server.log.seen))

    def test_what_comes_too_late_does_no_harm(self):
        slow = self.web.files["/alice"] = Later(self.web.files["/alice"])
        server = self.serve_all("limits { half-open-time = 1s }\nconnection test {%s}\n" %
                                (SERVER % ("", SERVER_LOOKS_UP)))
        self.begin(server, *self.alice())
        self.web.coming.get(timeout=program.PATIENCE)
        server.log.wait("ike-sa-failed")
        slow.is_due.set()
        self.expect(server, OK, None)


class Mistakes(Lookup):
    def test_the_server_says_what_and_where(self):
        one, two = self.web.url("/server"), self.web.url("/ca")
        for local, remote, said in (
                ("", "hash-and-url = yse", "did you mean 'yes'?"),
                ("", "hash-and-ulr = yes", "'hash-and-url'"),
                ("", 'crl-networks = "127.0.0.1"', "without crl-fetch = yes or hash-and-url = yes"),
                ("", 'hash-and-url = yes method = psk psk-file = "psk"',
                 "hash-and-url is of no use"),
                (f'cert-url = "{one}"', "", "1 URL, and 2 certificates"),
                (f'cert-url = {{ "{one}", "{two}", "{two}" }}', "", "3 URLs, and 2 certificates"),
                (f'cert-url = {{ "{one}", "https://127.0.0.1/" }}', "", "no URL of http"),
                (f'cert-url = {{ "{one}", "server.pem" }}', "", "no URL of http"),
                (f'cert-url = {{ "{one}", "http://a b/" }}', "", "a character that no URL has"),
                (f'cert-url = {{ "{one}", "http://{"a" * 1024}" }}', "", "1024 octets at most"),
                (f'cert-ulr = "{one}"', "", "'cert-url'")):
            with self.subTest(local + remote):
                done = self.check_of(SERVER % (local, remote))
                self.assertEqual(done.returncode, USAGE, done.stderr)
                self.assertIn(said, done.stderr)
                self.assertRegex(done.stderr, r"^server\.conf:\d+: ")

    def test_urls_are_of_certificates(self):
        done = self.check_of(rig.PSK_SERVER.replace("psk-file", f'cert-url = "{self.web.url("/")}" '
                                                                "psk-file", 1))
        self.assertEqual(done.returncode, USAGE, done.stderr)
        self.assertIn("cert-url is of no use without cert", done.stderr)

    def test_the_client_says_what(self):
        for code, arguments, said in (
                (USAGE, [*rig.PSK, "--hash-and-url"],
                 "--hash-and-url is for a server with a certificate"),
                (USAGE, [*rig.PSK, "--cert-url", "http://a/"], "--cert-url is where a --cert is"),
                (LOCAL, self.alice("http://a/"), "1 URL, and 2 certificates"),
                (USAGE, self.alice("ftp://a/"), "no URL of http")):
            with self.subTest(said):
                done = self.run_client(*arguments, "127.0.0.1")
                self.assertIn(said, done.stderr)
                self.assertEqual(done.returncode, code)


program.main()
