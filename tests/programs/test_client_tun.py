#!/usr/bin/env python3
"""test_client_tun.py BUILD: traffic between ikev2-client and ikev2-server, both with the data plane
`tun`, in network namespaces of their own. Needs root, TUN and iproute2."""
import tunnel_rig
from tunnel_rig import in_client

CONNECTION = """
    local { id = "vpn.example.org" psk-file = "psk" }
    remote { id = "alice@example.org" }
    child net { local-ts = { %s } remote-ts = { "10.9.0.0/24" } }
"""


class Tunnel(tunnel_rig.Case):
    def test_packets_reach_the_network_behind_the_server(self):
        server = self.serve(CONNECTION % '"10.1.0.0/16"', "dataplane = tun", "192.0.2.1")
        client = self.begin_inside(server, "--address", "10.9.0.4", "--remote-ts", "10.1.0.0/16")
        client.wait("^CONNECTED")
        self.assertIn("10.9.0.4", in_client("ip", "address", "show", "ike2-0"))
        self.ping("10.1.0.1")
        sent, received = self.octets_of("ike2-0")
        self.assertGreaterEqual(min(sent, received), 3)
        self.end(client)

    def test_everything_in_the_tunnel_but_the_way_to_the_server(self):
        """IKE and ESP to the server's own address are not routed into the tunnel; all else is."""
        server = self.serve(CONNECTION % '"0.0.0.0/0"', "dataplane = tun", "192.0.2.1")
        client = self.begin_inside(server, "--address", "10.9.0.4")
        client.wait("^CONNECTED")
        self.ping("10.1.0.1")
        self.ping("192.0.2.1")
        sent, _ = self.octets_of("ike2-0")
        self.assertGreaterEqual(sent, 6)
        self.end(client)

    def assert_rekeys_without_a_loss(self, client):
        """While pings of 1000 octets pass, some times over."""
        text = in_client("ping", "-c", "100", "-i", "0.02", "-W", "5", "-s", "972", "10.1.0.1")
        self.assertIn(" 0% packet loss", text)
        for _ in range(3):
            client.wait("^REKEYED +Child SA")

    def test_octets_that_we_count_bring_new_keys(self):
        server = self.serve(CONNECTION % '"10.1.0.0/16"', "dataplane = tun", "192.0.2.1")
        client = self.begin_inside(server, "--address", "10.9.0.4", "--rekey-octets", "20KB")
        client.wait("^CONNECTED")
        self.assert_rekeys_without_a_loss(client)
        self.end(client)

    def test_octets_that_the_server_counts_bring_new_keys(self):
        connection = (CONNECTION % '"10.1.0.0/16"').replace("child net {",
                                                            "child net { rekey-octets = 20k")
        server = self.serve(connection, "dataplane = tun", "192.0.2.1")
        client = self.begin_inside(server, "--address", "10.9.0.4")
        client.wait("^CONNECTED")
        self.assert_rekeys_without_a_loss(client)
        self.end(client)

    def test_traffic_is_a_sign_of_life(self):
        """As long as there is some, nobody is asked whether he lives."""
        server = self.serve("dpd = never" + CONNECTION % '"10.1.0.0/16"', "dataplane = tun",
                            "192.0.2.1", "control.sock")
        client = self.begin_inside(server, "--address", "10.9.0.4", "--dpd", "2s")
        client.wait("^CONNECTED")
        before = self.control().ask("stats")["result"]
        in_client("ping", "-c", "30", "-i", "0.2", "-W", "5", "10.1.0.1")
        after = self.control().ask("stats")["result"]
        self.assertEqual(after["messages_in"], before["messages_in"])
        self.assertGreaterEqual(after["dataplane"]["packets_in"], 30)
        child, = self.control().ask("sas")["result"]["sas"][0]["children"]
        self.assertGreaterEqual(min(child["packets_in"], child["packets_out"]), 30)
        self.assertGreaterEqual(min(child["octets_in"], child["octets_out"]), 30 * 84)
        self.end(client)

    def test_single_address_of_the_selectors_is_ours(self):
        connection = (CONNECTION % '"10.1.0.0/16"').replace("10.9.0.0/24", "10.9.0.7/32")
        server = self.serve(connection, "dataplane = tun", "192.0.2.1")
        client = self.begin_inside(server)
        client.wait("^CONNECTED")
        self.assertIn("10.9.0.7", in_client("ip", "address", "show", "ike2-0"))
        self.ping("10.1.0.1")
        self.end(client)


if __name__ == "__main__":
    tunnel_rig.main()
