# shellcheck shell=bash disable=SC2034,SC2154 # variables that run.sh and the parts share
# What the kernel has: its SAs, its policies, and what it has counted.

# xfrm_sas NETNS: a line for each SA,
#   src=A dst=A spi=0xN mode=M algorithm=A encap=PORTS|no esn=yes|no packets=N
# Without what has no SPI: the kernel notes there that it has asked for an SA (ACQUIRE), for 30 s.
xfrm_sas()
{
    ip -n "$1" -s xfrm state | awk '
        function flush()
        {
            if (ends != "" && spi !~ /=0x0+$/)
                print ends, spi, mode, "algorithm=" algorithm, "encap=" encap, "esn=" esn,
                    "packets=" packets
        }
        /^src/ {
            flush()
            ends = "src=" $2 " dst=" $4
            algorithm = ""
            encap = esn = "no"
            packets = 0
        }
        $1 == "proto" {
            spi = "spi=" $4
            sub(/\(.*/, "", spi)
            for (i = 5; i < NF; i++)
                if ($i == "mode")
                    mode = "mode=" $(i + 1)
        }
        / flag / && / esn( |$)/ { esn = "yes" }
        $1 == "aead" || $1 == "enc" || $1 ~ /^auth/ {
            algorithm = algorithm (algorithm == "" ? "" : "+") $2
        }
        $1 == "encap" { encap = $5 "-" $7 }
        is_current {
            packets = $2
            sub(/\(.*/, "", packets)
        }
        { is_current = /lifetime current:/ }
        END { flush() }'
}

# xfrm_value NETNS KEY [MATCH]: of each SA whose line has MATCH.
xfrm_value()
{
    xfrm_sas "$1" | grep -F -- "${3:-}" | sed -n "s/.*\\b$2=\\([^ ]*\\).*/\\1/p"
}

# xfrm_spis NETNS: in order.
xfrm_spis()
{
    xfrm_value "$1" spi | sort
}

# The selectors of the policies in NETNS, without those that sockets have for themselves.
xfrm_policies()
{
    ip -n "$1" xfrm policy list nosock | grep '^src'
}

xfrm_is_empty()
{
    [[ -z $(xfrm_sas "$1") && -z $(xfrm_policies "$1") ]]
}

xfrm_show()
{
    xfrm_sas "$1"
    ip -n "$1" xfrm policy list nosock
}

# check_xfrm_empty WHO NETNS
check_xfrm_empty()
{
    wait_until 5 xfrm_is_empty "$2" || fail "$1 leaves in the kernel:
$(xfrm_show "$2")"
    echo "  $1 leaves neither SAs nor policies in the kernel"
}

# The kernel's name of what the scenario agrees upon.
xfrm_algorithm()
{
    local suite=${initiator_esp%-esn} cipher

    case $suite in
    *gcm16) echo 'rfc4106(gcm(aes))' ;;
    *ccm16) echo 'rfc4309(ccm(aes))' ;;
    *gmac) echo 'rfc4543(gcm(aes))' ;;
    chacha20poly1305) echo 'rfc7539esp(chacha20,poly1305)' ;;
    *-*)
        case $suite in
        *ctr-*) cipher='rfc3686(ctr(aes))' ;;
        *) cipher='cbc(aes)' ;;
        esac
        case $suite in
        *-sha*) echo "hmac(${suite#*-})+$cipher" ;;
        *-aes*) suite=${suite#*-aes} && echo "$suite(aes)+$cipher" ;;
        esac
        ;;
    esac
}

# xfrm_is_agreed LINE: an SA of the mode and the algorithms of the scenario.
xfrm_is_agreed()
{
    [[ $1 = *" mode=$mode algorithm=$(xfrm_algorithm) encap="* && $1 = *" esn=${esn:-no} "* ]] ||
        return 1
    if [ -n "$encapsulated" ]; then
        [[ $1 != *" encap=no "* ]]
    else
        [[ $1 = *" encap=no "* ]]
    fi
}

# check_xfrm_sas WHO SAS: they are as was agreed.
check_xfrm_sas()
{
    local line

    while read -r line; do
        xfrm_is_agreed "$line" || fail "$1 has another SA in the kernel than was agreed: $line"
        echo "  $1: $line"
    done <<< "$2"
}

# spis_of SAS: in order, as in the output of xfrm_sas.
spis_of()
{
    sed -n 's/.*\bspi=\([^ ]*\).*/\1/p' <<< "$1" | sort
}

# One pair, the same on both sides, which go into initiator_sas and responder_sas.
xfrm_has_a_pair()
{
    initiator_sas=$(xfrm_sas "$initiator_netns") responder_sas=$(xfrm_sas "$responder_netns")
    [ "$(wc -l <<< "$initiator_sas")" -eq 2 ] &&
        [ "$(spis_of "$initiator_sas")" = "$(spis_of "$responder_sas")" ]
}

# The same pair on both sides: it may be rekeyed just now, in which case there are two for a while.
check_xfrm()
{
    wait_until 20 xfrm_has_a_pair || fail "there is no pair in both kernels, and nothing else:
$(xfrm_show "$initiator_netns")
$(xfrm_show "$responder_netns")"
    check_xfrm_sas "the initiator" "$initiator_sas"
    check_xfrm_sas "the responder" "$responder_sas"
}
