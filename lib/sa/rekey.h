/* sa/rekey.h - CREATE_CHILD_SA for the IKE SA itself. RFC 7296 1.3.2, 2.8, 2.8.1, 2.18, 2.25.2. */
#ifndef SA_REKEY_H
#define SA_REKEY_H

#include "sa/exchange.h"
#include "sa/ke.h"

/* Our request and the response to it; the peer's request. */
extern const struct script ike2_rekey_begin, ike2_rekey_response, ike2_rekey_request;

/* Begins what is wanted. True: an exchange of ours is under way, or will be tried again. */
bool ike2_rekey_next(struct sa *sa);
/* TIMER_REKEY. */
void ike2_rekey_on_timer(struct sa *sa);
/* Sets it for an SA that has new keys. */
void ike2_rekey_plan(struct sa *sa);

/* What the selection of proposals of an IKE SA with SPIs needs. */
struct select_args ike2_rekey_select_args(const struct sa *sa, const struct exchange *x);
static inline uint64_t ike_spi_read(ike2_bytes octets)
{
    uint64_t spi = 0;

    for (size_t i = 0; i < octets.len; i++)
        spi = spi << 8 | octets.ptr[i];
    return spi;
}
enum { IKE_SPI_OCTETS = 8 };
static inline void ike_spi_write(uint8_t octets[IKE_SPI_OCTETS], uint64_t spi)
{
    for (size_t i = IKE_SPI_OCTETS; i > 0; i--) {
        octets[i - 1] = (uint8_t)spi;
        spi >>= 8;
    }
}

#endif
