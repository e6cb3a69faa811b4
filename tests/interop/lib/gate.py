#!/usr/bin/env python3
"""gate.py LEFT RIGHT COMMANDS: a link between two interfaces that can hold IKE messages back.

Ethernet frames go from one interface to the other. What is read from the pipe COMMANDS:

    hold           from now on IKE messages are kept; all else passes, ESP too
    open           they pass again, what was kept first, in its order
    open left      the same, for what comes from the left only; or `right`
    open turned    as `open`, but what was kept goes in reverse order

Each command and each IKE message is a line on standard output.
"""
import os
import select
import socket
import struct
import sys

IPV4, UDP = 0x0800, 17
IKE_PORT, NAT_PORT = 500, 4500
EXCHANGES = {34: "IKE_SA_INIT", 35: "IKE_AUTH", 36: "CREATE_CHILD_SA", 37: "INFORMATIONAL"}
RESPONSE = 0x20


def udp_offset(frame):
    """Where the UDP header is, or None."""
    if len(frame) < 42 or struct.unpack_from("!H", frame, 12)[0] != IPV4 or frame[23] != UDP:
        return None
    return 14 + (frame[14] & 15) * 4


def ike_name(frame):
    """The exchange and direction of an IKE message; None of all else."""
    udp = udp_offset(frame)
    if udp is None:
        return None
    ports = struct.unpack_from("!HH", frame, udp)
    ike = udp + 8
    if NAT_PORT in ports:
        if frame[ike:ike + 4] != bytes(4):
            return None
        ike += 4
    elif IKE_PORT not in ports:
        return None
    if len(frame) < ike + 28:
        return None
    direction = "response" if frame[ike + 19] & RESPONSE else "request"
    return f"{EXCHANGES.get(frame[ike + 18], frame[ike + 18])} {direction}"


def without_checksum(frame):
    """Between virtual interfaces a UDP checksum may be left for hardware that is not there; none is
    legal with IPv4."""
    udp = udp_offset(frame)
    return frame if udp is None else frame[:udp + 6] + bytes(2) + frame[udp + 8:]


class Gate:
    def __init__(self, names):
        self.sockets = {}
        for side, name in zip(("left", "right"), names):
            self.sockets[side] = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                                               socket.htons(3))
            self.sockets[side].bind((name, 0))
        self.holding = {"left": False, "right": False}
        self.kept = []

    def send(self, side, frame):
        other = "right" if side == "left" else "left"
        self.sockets[other].send(without_checksum(frame))

    def take(self, side):
        frame, address = self.sockets[side].recvfrom(65536)
        if address[2] == socket.PACKET_OUTGOING:
            return
        name = ike_name(frame)
        if name is not None:
            print(f"{'held' if self.holding[side] else 'passed'} {side} {name}", flush=True)
        if name is not None and self.holding[side]:
            self.kept.append((side, frame))
        else:
            self.send(side, frame)

    def obey(self, command):
        print(command, flush=True)
        if command == "hold":
            self.holding = {"left": True, "right": True}
            return
        sides = [s for s in self.holding if command == f"open {s}"] or list(self.holding)
        for side in sides:
            self.holding[side] = False
        if command == "open turned":
            self.kept.reverse()
        for side, frame in self.kept:
            if side in sides:
                self.send(side, frame)
        self.kept = [k for k in self.kept if k[0] not in sides]


def main():
    gate = Gate(sys.argv[1:3])
    # For writing, too: so that it never ends when a writer closes it.
    commands = os.open(sys.argv[3], os.O_RDWR)
    print("ready", flush=True)
    while True:
        readable, _, _ = select.select([*gate.sockets.values(), commands], [], [])
        for side, sock in gate.sockets.items():
            if sock in readable:
                gate.take(side)
        if commands in readable:
            for command in os.read(commands, 4096).decode().splitlines():
                gate.obey(command)


main()
