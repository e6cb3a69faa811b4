# shellcheck shell=bash disable=SC2034,SC2154 # variables that run.sh and the parts share
# What crossed the wire at our side, and questions about it.

capture_start()
{
    spawn capture ip netns exec "$1" tcpdump --immediate-mode -U -Z root -n -i eth0 \
        -w "$work/capture.pcap"
    capture_pid=$spawned
    wait_until 10 log_has "$work/capture.log" '^(tcpdump: )?listening on' ||
        fail "tcpdump does not start"
}

# The end of the capture is known when a datagram sent last has arrived in it.
capture_stop()
{
    ip netns exec "$our_netns" bash -c "printf end-of-capture > /dev/udp/$peer_address/9"
    wait_until 10 log_has "$work/capture.pcap" 'end-of-capture' || fail "the capture has no end"
    end_process "$capture_pid"
    capture_read
}

# Keys in $work/wireshark decrypt.
readonly CAPTURE_FIELDS='ip.src ipv6.src ip.len ipv6.plen ip.flags.mf ip.frag_offset
    ipv6.fraghdr.offset udp.srcport udp.dstport udpencap.non_esp_marker isakmp.exchangetype
    isakmp.flag_r isakmp.typepayload isakmp.notify.msgtype isakmp.id.data.fqdn
    isakmp.ikev2.integrity_checksum _ws.malformed isakmp.rspi udp.payload esp.spi
    isakmp.cert.encoding'

capture_read()
{
    local field arguments=()
    for field in $CAPTURE_FIELDS; do
        arguments+=(-e "$field")
    done
    mkdir -p "$work/wireshark"
    [ ! -s "$work/keylog" ] || cp "$work/keylog" "$work/wireshark/ikev2_decryption_table"
    WIRESHARK_CONFIG_DIR=$work/wireshark timeout 30 tshark -n -r "$work/capture.pcap" \
        -o ip.defragment:FALSE -o ipv6.defragment:FALSE \
        -Y '!icmp && !icmpv6 && (udp || ipv6.fraghdr || ip.frag_offset > 0)' \
        -T fields -E separator=/t -E aggregator=, "${arguments[@]}" \
        > "$work/capture.tsv" 2> "$work/tshark.log" || fail "tshark cannot read the capture"
}

readonly CAPTURE_COLUMNS='
    {
        by_us = ($1 $2 == our_address)
        octets = $3 != "" ? $3 : $4 + 40
        is_ip_fragment = ($5 == 1 || $5 == "True" || $6 > 0 || $7 != "")
        destination_port = $9
        on_4500 = ($8 == 4500 || $9 == 4500)
        has_marker = ($10 != "")
        exchange = $11
        is_response = ($12 == 1 || $12 == "True")
        payloads = "," $13 ","
        notifies = "," $14 ","
        names = "," $15 ","
        is_forged = ($16 != "")
        is_malformed = ($17 != "")
        has_responder_spi = ($18 ~ /[1-9a-f]/)
        message = $19
        is_esp = ($20 != "")
        encodings = "," $21 ","
    }'

# capture_where CONDITION: the frames for which the awk condition on the columns above holds.
# `octets` is the length of the IP packet; `payloads`, `notifies`, `names` and `encodings` (of
# certificates) are lists like ",33,34,".
capture_where()
{
    awk -F '\t' -v our_address="$our_address" "$CAPTURE_COLUMNS $1" "$work/capture.tsv"
}

# wire_has CLAIM CONDITION
wire_has()
{
    [ -n "$(capture_where "$2")" ] || fail "not seen on the wire: $1"
    echo "  wire: $1"
}

# wire_lacks CLAIM CONDITION: of what must not happen.
wire_lacks()
{
    local frames
    frames=$(capture_where "$2")
    [ -z "$frames" ] || fail "seen on the wire: $1
$frames"
    echo "  wire: no $1"
}
