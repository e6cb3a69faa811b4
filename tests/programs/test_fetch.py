#!/usr/bin/env python3
"""test_fetch.py BUILD: CRLs that the programs fetch from where certificates say that they are, from
a web server of the test's on the loopback interface."""
import signal
import subprocess

import client_rig as rig
import program
from trust_rig import (AUTH, CERTIFICATE, CURRENT, LEAF, LONG, NO_PATH, NOT_FOR_IT, NOT_KNOWN, OK,
                       REVOKED, STALE, USAGE, Trust)
from web_rig import Web

HERE = ["--crl-network", "127.0.0.0/8"]
FETCH = ["--crl-fetch", *HERE]
TOO_LARGE = (1 << 20) + 1
OTHER = 1  # the exit code of one who was told to end


class Fetching(Trust):
    def setUp(self):
        super().setUp()
        self.web = Web()
        self.addCleanup(self.web.close)
        self.crl("ca", CURRENT)  # the root's is at hand; that of the intermediate CA is not
        (self.path / "cache").mkdir()

    def certify(self, name, *urls):
        """A certificate of the server's that says where the CRL about it is."""
        rig.sign(self.path, name, LEAF % (
            "extendedKeyUsage = serverAuth\nsubjectAltName = DNS:vpn.example.org\n"
            "crlDistributionPoints = " + ", ".join(f"URI:{url}" for url in urls)), LONG)

    def pointed_client(self):
        """The options of a client whose certificate says so."""
        rig.sign(self.path, "client", LEAF % (
            "extendedKeyUsage = clientAuth\nsubjectAltName = email:alice@example.org\n"
            "crlDistributionPoints = URI:" + self.web.url("/i.crl")), LONG)
        return ["--cert", "client.pem", "--key", "server.key", "--remote-id", "vpn.example.org",
                "--ca", "ca.pem"]

    def publish(self, path, times=CURRENT, revoked=()):
        self.crl("intermediate", times, revoked)
        self.openssl("crl", "-in", "intermediate.crl", "-outform", "DER", "-out", "web.crl")
        self.web.files[path] = (self.path / "web.crl").read_bytes()

    def serve_with(self, *urls):
        self.certify("pointed", *(urls or [self.web.url("/i.crl")]))
        return self.serve_as("pointed")

    def judge(self, server, code, said, *arguments, crl="hard"):
        return self.expect(server, code, said, "--crl", crl, "--crl-file", "ca.crl", *arguments)


class Verdicts(Fetching):
    def test_hard_is_satisfied_by_what_is_fetched(self):
        self.publish("/i.crl")
        server = self.serve_with()
        self.judge(server, CERTIFICATE, NOT_KNOWN)
        self.assertEqual(self.web.asked, [])
        self.judge(server, OK, None, *FETCH)
        self.assertEqual(self.web.asked, ["/i.crl"])

    def test_who_is_revoked_is_refused_once_it_is_fetched(self):
        server = self.serve_with()
        self.publish("/i.crl", revoked=["pointed-only.pem"])
        self.judge(server, OK, None, crl="soft")
        self.judge(server, CERTIFICATE, REVOKED, *FETCH, crl="soft")
        self.judge(server, CERTIFICATE, REVOKED, *FETCH)

    def test_a_server_fetches_as_well(self):
        rules = ('remote { crl = hard crl-file = { "ca.crl" } crl-fetch = yes '
                 'crl-networks = { "127.0.0.1" } crl-cache = "cache"\n')
        server = self.serve(rig.CERTIFICATE_SERVER.replace("remote {", rules) % "server")
        client = self.pointed_client()
        self.assertEqual(self.connect(server, *client).returncode, AUTH)
        server.log.wait(r"no CRL from http://127\.0\.0\.1:\d+/i\.crl: .*404")
        self.publish("/i.crl")
        self.assertEqual(self.connect(server, *client).returncode, OK)
        self.publish("/i.crl", revoked=["client-only.pem"])
        self.assertEqual(self.connect(server, *client).returncode, OK)  # until the first is over
        for file in (self.path / "cache").iterdir():
            file.unlink()
        self.assertEqual(self.connect(server, *client).returncode, AUTH)

    def test_one_of_several_places_will_do(self):
        self.publish("/i.crl")
        server = self.serve_with("ldap://127.0.0.1/i", self.web.url("/none"),
                                 self.web.url("/i.crl"))
        said = self.judge(server, OK, None, *FETCH)
        self.assertIn("/none: ", said)
        self.assertEqual(sorted(self.web.asked), ["/i.crl", "/none"])

    def test_what_is_moved_is_followed(self):
        self.publish("/i.crl")
        self.web.files["/moved"] = self.web.url("/i.crl")
        self.judge(self.serve_with(self.web.url("/moved")), OK, None, *FETCH)


class Failures(Fetching):
    def failing(self, said, *urls, asked=None, networks=FETCH):
        """Hard refuses, soft does not, and both say why."""
        server = self.serve_with(*urls)
        for crl, code in (("hard", CERTIFICATE), ("soft", OK)):
            with self.subTest(crl):
                self.web.asked.clear()
                self.assertIn(said, self.judge(server, code, None, *networks, crl=crl))
                if asked is not None:
                    self.assertEqual(self.web.asked, asked)

    def test_nothing_there(self):
        self.failing("404", asked=["/i.crl"])

    def test_what_is_no_crl_is_none(self):
        self.web.files["/i.crl"] = b"<html>welcome</html>"
        server = self.serve_with()
        self.judge(server, CERTIFICATE, NOT_KNOWN, *FETCH, "--crl-cache", "cache")
        self.assertEqual(list((self.path / "cache").iterdir()), [])

    def test_too_large(self):
        self.web.files["/i.crl"] = bytes(TOO_LARGE)
        self.failing("larger than 1048576 octets", asked=["/i.crl"])

    def test_the_last_octet_that_fits_is_taken(self):
        self.web.files["/i.crl"] = bytes(TOO_LARGE - 1)
        self.assertNotIn("larger", self.judge(self.serve_with(), CERTIFICATE, NOT_KNOWN, *FETCH))

    def test_too_slow(self):
        self.web.files["/i.crl"] = Web.NEVER
        self.failing("timed out", asked=["/i.crl"])

    def test_redirected_for_ever(self):
        self.web.files["/i.crl"] = self.web.url("/i.crl")
        self.failing("redirects", asked=["/i.crl"] * 4)

    def test_redirected_to_a_file(self):
        self.publish("/other")
        self.web.files["/i.crl"] = f"file://{self.path}/web.crl"
        self.failing("no CRL from", asked=["/i.crl"])

    def test_files_and_directories_are_not_looked_at(self):
        self.publish("/i.crl")
        said = self.judge(self.serve_with(f"file://{self.path}/web.crl", "ldap://127.0.0.1/x",
                                          "http:///", "gopher://127.0.0.1/"),
                          CERTIFICATE, NOT_KNOWN, *FETCH)
        self.assertNotIn("no CRL from file", said)

    def test_loopback_addresses_are_not_visited_unless_allowed(self):
        self.publish("/i.crl")
        port = self.web.server.server_address[1]
        for host in ("127.0.0.1", "localhost", "0.0.0.0", "[::ffff:127.0.0.1]", "[::1]",
                     "169.254.169.254", "224.0.0.1", "[ff02::1]"):
            with self.subTest(host):
                self.failing("an address that nothing is fetched from",
                             f"http://{host}:{port}/i.crl", asked=[], networks=["--crl-fetch"])

    def test_who_is_redirected_is_watched_as_well(self):
        self.publish("/i.crl")
        port = self.web.server.server_address[1]
        self.web.files["/away"] = f"http://127.0.0.2:{port}/i.crl"
        self.failing("an address that nothing is fetched from", self.web.url("/away"),
                     asked=["/away"], networks=["--crl-fetch", "--crl-network", "127.0.0.1"])


class Strangers(Fetching):
    """Nobody makes us visit addresses who has not proven to be who we look for."""

    def test_nothing_is_fetched_for_a_chain_that_is_not_trusted(self):
        self.publish("/i.crl")
        rig.make_certificates(self.path / "elsewhere", "theirs")
        server = self.serve_with()
        self.expect(server, CERTIFICATE, NO_PATH, *FETCH, ca=("--ca", "elsewhere/ca.pem"))
        self.assertEqual(self.web.asked, [])

    def test_nothing_is_fetched_for_another_name(self):
        self.publish("/i.crl")
        rig.sign(self.path, "pointed", LEAF % (
            "extendedKeyUsage = serverAuth\nsubjectAltName = DNS:other.example.org\n"
            "crlDistributionPoints = URI:" + self.web.url("/i.crl")), LONG)
        self.expect(self.serve_as("pointed"), CERTIFICATE, NOT_FOR_IT, *FETCH)
        self.assertEqual(self.web.asked, [])


class Cache(Fetching):
    CACHED = [*FETCH, "--crl-cache", "cache"]

    def files(self):
        return list((self.path / "cache").iterdir())

    def test_the_second_time_nothing_is_fetched(self):
        self.publish("/i.crl")
        server = self.serve_with()
        for _ in range(2):
            self.judge(server, OK, None, *self.CACHED)
        self.assertEqual(self.web.asked, ["/i.crl"])
        url = subprocess.run(["sha256sum"], input=self.web.url("/i.crl"), text=True, check=True,
                             capture_output=True).stdout.split()[0]
        self.assertEqual([f.name for f in self.files()], [url + ".crl"])

    def test_without_a_cache_it_is_fetched_each_time(self):
        self.publish("/i.crl")
        server = self.serve_with()
        for _ in range(2):
            self.judge(server, OK, None, *FETCH)
        self.assertEqual(self.web.asked, ["/i.crl"] * 2)

    def test_what_is_over_or_broken_is_fetched_anew(self):
        self.publish("/i.crl")
        server = self.serve_with()
        self.judge(server, OK, None, *self.CACHED)
        self.publish("/old", STALE)
        for octets in (self.web.files["/old"], b"", b"poison", bytes(5 << 20)):
            with self.subTest(octets[:8]):
                self.web.asked.clear()
                self.files()[0].write_bytes(octets)
                for _ in range(2):
                    self.judge(server, OK, None, *self.CACHED)
                self.assertEqual(self.web.asked, ["/i.crl"])
                self.assertEqual(self.files()[0].read_bytes(), self.web.files["/i.crl"])

    def test_the_oldest_goes_when_there_are_too_many(self):
        self.publish("/i.crl")
        for i in range(256):
            (self.path / "cache" / f"{i:064x}.crl").write_bytes(b"")
        oldest = self.path / "cache" / f"{77:064x}.crl"
        subprocess.run(["touch", "-d", "2001-01-01", oldest], check=True)
        self.judge(self.serve_with(), OK, None, *self.CACHED)
        self.assertEqual(len(self.files()), 256)
        self.assertFalse(oldest.exists())


class Ends(Fetching):
    """Who is told to end does not wait for a web server."""

    def setUp(self):
        super().setUp()
        self.web.files["/i.crl"] = Web.NEVER

    def test_a_client(self):
        client = self.begin(self.serve_with(), *rig.ALICE, "--ca", "ca.pem", "--crl", "hard",
                            "--crl-file", "ca.crl", *FETCH)
        self.web.coming.get(timeout=program.PATIENCE)
        code, said = client.end(signal.SIGTERM)
        self.assertNotIn("no CRL from", said)
        self.assertEqual(code, OTHER)

    def test_a_server(self):
        rules = 'remote { crl-fetch = yes crl-networks = { "127.0.0.1" }\n'
        server = self.serve(rig.CERTIFICATE_SERVER.replace("remote {", rules) % "server")
        self.begin(server, *self.pointed_client())
        self.web.coming.get(timeout=program.PATIENCE)
        self.assertEqual(server.stop(), 0)
        self.assertNotIn("no CRL from", "\n".join(server.log.seen))


class Mistakes(Fetching):
    def test_the_server_says_what_and_where(self):
        for rule, said in (("crl-fetch = yse", "did you mean 'yes'?"),
                           ("crl-fetsh = yes", "'crl-fetch'"),
                           ('crl-fetch = yes crl-cache = "psk"', "Not a directory"),
                           ('crl-fetch = yes crl-cache = "nowhere"', "No such file"),
                           ('crl-fetch = yes crl-networks = "lo"', "10.1.0.0/24"),
                           ('crl-cache = "cache"', "without crl-fetch = yes"),
                           ("crl = off crl-fetch = yes", "of no use with crl = off")):
            with self.subTest(rule):
                done = self.check(rule)
                self.assertEqual(done.returncode, USAGE, done.stderr)
                self.assertIn(said, done.stderr)
                self.assertRegex(done.stderr, r"^server\.conf:\d+: ")

    def test_the_client_says_what(self):
        for arguments, said in ((["--crl-cache", "cache"], "without crl-fetch"),
                                (["--crl-fetch", "--crl-cache", "nowhere"], "No such file"),
                                (["--crl-fetch", "--crl", "off"], "of no use with crl = off"),
                                (["--crl-fetch", "--crl-network", "lo"], "is no network")):
            with self.subTest(arguments):
                done = self.run_client(*rig.ALICE, "--ca", "ca.pem", *arguments, "127.0.0.1")
                self.assertEqual(done.returncode, USAGE, done.stderr)
                self.assertIn(said, done.stderr)


program.main()
