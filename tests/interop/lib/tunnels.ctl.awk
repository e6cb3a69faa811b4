# What `ikev2ctl --json sas` says, as lines of tunnels.sh; -v ours=1: of our side, else of the peer.
function value(text)
{
    text = $0
    sub(/^ *("[a-z_]*": )?/, "", text)
    gsub(/[",]/, "", text)
    return text
}
function both(own, others)
{
    return ours ? own " " others : others " " own
}
function unless_up()
{
    return state == "UP" ? "" : " " state
}
/ "state": / { state = value() }
/ "spi_local": / { own = value() }
/ "spi_remote": / { print "sa " both(own, value()) unless_up() }
/ "spi_in": / { spi_in = value() }
/ "spi_out": / { spi_out = value() }
/ "(local|remote)_ts": / {
    side = $1
    ts[side] = ""
    next
}
/ \],*$/ && side != "" {
    if (side ~ /remote/)
        print "child " both(spi_in, spi_out) " " both(ts["\"local_ts\":"], ts["\"remote_ts\":"]) \
            unless_up()
    side = ""
}
side != "" { ts[side] = ts[side] (ts[side] == "" ? "" : ",") value() }
