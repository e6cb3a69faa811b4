/* x509/time.h - UTCTime and GeneralizedTime as seconds. RFC 5280 4.1.2.5. */
#ifndef X509_TIME_H
#define X509_TIME_H

#include "x509/der.h"

/* Room for "2024-01-31", terminated. */
enum { TIME_DATE_ROOM = 11 };

/* Seconds since 1970 UTC. RFC 5280 4.1.2.5: with seconds, without fraction, ending in Z. */
int64_t ike2_x509_time(struct reader *r);
/* The date of such a time; years beyond 0 to 9999 are cut to those. */
void ike2_x509_date(int64_t utc_seconds, char out[TIME_DATE_ROOM]);

#endif
