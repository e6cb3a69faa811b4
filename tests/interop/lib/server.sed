# What ikev2-server logs, in the words of the minimal programs.
/^[^ ]* info  ike-sa-up /{
    s//IKE_SA up /
    s/spi_local=/spi_r=/
    s/spi_remote=/spi_i=/
}
/^[^ ]* info  child-sa-up /{
    s//CHILD_SA up /
    s/local_ts=/ts_local=/
    s/remote_ts=/ts_remote=/
}
s/^[^ ]* info  ike-sa-down /IKE_SA down /
s/^[^ ]* info  child-sa-down /CHILD_SA down /
