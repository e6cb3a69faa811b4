/* endpoint/stateless.h - replies that need no SA: a cookie is demanded, a version is refused, an
 * SPI is not known. RFC 7296 2.5, 2.6, 2.21.4. Rate limited, and larger than what they answer by
 * eight octets at most: INVALID_MAJOR_VERSION to a bare header. */
#ifndef ENDPOINT_STATELESS_H
#define ENDPOINT_STATELESS_H

#include "endpoint/endpoint.h"

/* May a first request become an SA? If not, it has been dropped, or answered with a cookie. */
bool ike2_stateless_admit(ike2_endpoint *ep, const struct datagram *d);
/* INVALID_MAJOR_VERSION, for versions above ours. */
void ike2_stateless_refuse_version(ike2_endpoint *ep, const struct datagram *d);
/* INVALID_IKE_SPI, if that is wanted, for requests that belong to no SA. */
void ike2_stateless_refuse_spi(ike2_endpoint *ep, const struct datagram *d);

#endif
