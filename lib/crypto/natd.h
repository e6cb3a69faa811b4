/* crypto/natd.h - NAT_DETECTION_*_IP: SHA-1(SPIs | IP address | port). RFC 7296 2.23. */
#ifndef CRYPTO_NATD_H
#define CRYPTO_NATD_H

#include <ike2/crypto.h>

enum { NATD_OCTETS = 20 };

ike2_err ike2_natd_hash(const ike2_crypto *c, uint64_t spi_i, uint64_t spi_r, const ike2_addr *a,
                        uint8_t out[NATD_OCTETS]);

#endif
