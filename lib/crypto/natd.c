/* crypto/natd.c - NAT_DETECTION_*_IP. RFC 7296 2.23. */
#include "crypto/natd.h"

#include <ike2/iana.h>

#include "base/addr.h"
#include "base/bytes.h"
#include "base/writer.h"

ike2_err ike2_natd_hash(const ike2_crypto *c, uint64_t spi_i, uint64_t spi_r, const ike2_addr *a,
                        uint8_t out[NATD_OCTETS])
{
    uint8_t spis[16] = { 0 }, port[2] = { 0 }, digest[NATD_OCTETS];
    const ike2_bytes parts[] = {
        bytes_of(spis, sizeof spis), ike2_addr_ip(a), bytes_of(port, sizeof port),
    };
    ike2_buffer result = { .ptr = digest, .cap = sizeof digest };
    ike2_writer w = writer_of(spis, sizeof spis);
    ike2_err err;

    if (ike2_addr_ip_len(a) == 0)
        return IKE2_ERR_ARGUMENT;
    write_uint(&w, spi_i, 8);
    write_uint(&w, spi_r, 8);
    w = writer_of(port, sizeof port);
    write_uint(&w, a->port, 2);
    /* RFC 7296 2.23: SHA-1 of the SPIs in the order of the header, address and port. */
    err = c->hash(c->user, IKE2_HASH_SHA1, parts, sizeof parts / sizeof parts[0], &result);
    if (err != IKE2_OK)
        return err;
    if (result.len != NATD_OCTETS)
        return IKE2_ERR_CRYPTO;

    memcpy(out, digest, NATD_OCTETS);
    return IKE2_OK;
}
