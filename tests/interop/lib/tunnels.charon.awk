# What `swanctl --list-sas --raw` says, a line for each SA, as lines of tunnels.sh.
function value(key)
{
    if (!match($0, "[ {]" key "=[^ }]*"))
        return ""
    return substr($0, RSTART + length(key) + 2, RLENGTH - length(key) - 2)
}
# Selectors up to `end`, with protocols as numbers.
function list(key, end, text)
{
    text = substr($0, index($0, " " key "=[") + length(key) + 3)
    text = substr(text, 1, index(text, end) - 1)
    gsub(/ /, ",", text)
    gsub(/\[icmp/, "[1", text)
    gsub(/\[tcp/, "[6", text)
    gsub(/\[udp/, "[17", text)
    return text
}
function unless(usual)
{
    return value("state") == usual ? "" : " " value("state")
}
/^list-sa / {
    first = value("initiator-spi")
    second = value("responder-spi")
    if (value("initiator") == "yes")
        print "sa " second " " first unless("ESTABLISHED")
    else
        print "sa " first " " second unless("ESTABLISHED")
}
# What is DELETED is kept for a while, for packets under way.
/^{name=/ && value("state") != "DELETED" {
    print "child " value("spi-out") " " value("spi-in") " " list("remote-ts", "]}") " " \
        list("local-ts", "] remote-ts=") unless("INSTALLED")
}
