# What ikev2-client says with --trace, in the words of the minimal programs. The hold space collects
# what comes before "the server is": the SPIs, as the trace has them, and the line about a NAT.
/^  message.out .*exchange=IKE_AUTH /{
    h
    d
}
/^NAT  /{
    H
    d
}
/^IKE_AUTH     <- the server is /{
    x
    s/^.* spi_i=0x\([^ ]*\) spi_r=0x\([^ ]*\) [^\n]*/IKE_SA up spi_i=\1 spi_r=\2/
    s/\nNAT  *we .*/ nat=local/
    s/\nNAT  *the server .*/ nat=remote/
    s/\nNAT  *both .*/ nat=both/
    b
}
/^CHILD_SA  */{
    s//CHILD_SA up ts_local=/
    s/ <=> / ts_remote=/
    s/, SPIs / spi_in=/
    s/ in, / spi_out=/
    s/ out$//
    s/ in UDP/ encap=udp/
    s/, / esp=/
}
s/^DISCONNECTED/IKE_SA down/
s/^  evidence .*notify\.in .* type=\([A-Z_]*\).*/CHILD_SA down notify=\1/
