/* x509/der.h - DER on the bounded cursor, X.690 8 to 11: definite and minimal lengths, tags of one
 * octet. Nothing descends by itself: whoever reads a value names each level of it. */
#ifndef X509_DER_H
#define X509_DER_H

#include "base/reader.h"

enum {
    DER_BOOLEAN = 0x01,
    DER_INTEGER = 0x02,
    DER_BIT_STRING = 0x03,
    DER_OCTET_STRING = 0x04,
    DER_NULL = 0x05,
    DER_OID = 0x06,
    DER_ENUMERATED = 0x0a,
    DER_UTF8_STRING = 0x0c,
    DER_PRINTABLE_STRING = 0x13,
    DER_TELETEX_STRING = 0x14,
    DER_IA5_STRING = 0x16,
    DER_UTC_TIME = 0x17,
    DER_GENERALIZED_TIME = 0x18,
    DER_UNIVERSAL_STRING = 0x1c,
    DER_BMP_STRING = 0x1e,
    DER_SEQUENCE = 0x30,
    DER_SET = 0x31,
    DER_CONTEXT = 0x80,     /* [n], primitive: IMPLICIT */
    DER_CONSTRUCTED = 0xa0, /* [n], constructed */
    DER_NO_TAG = 0x00       /* of no value here */
};

struct der {
    uint8_t tag;
    ike2_bytes value; /* contents octets */
    ike2_bytes whole; /* with tag and length */
};

/* One value of any tag; if there is none, `r` has failed and all is empty. */
struct der ike2_der_next(struct reader *r);
/* The contents of one value that must have this tag. */
ike2_bytes ike2_der_read(struct reader *r, uint8_t tag);
/* The same, to be read on: failed if it is not there. Its own end is for the caller to test. */
struct reader ike2_der_enter(struct reader *r, uint8_t tag);
/* The only value there is, without anything behind it. */
struct reader ike2_der_only(ike2_bytes octets, uint8_t tag);
/* The tag that comes next, or DER_NO_TAG. */
uint8_t ike2_der_peek(const struct reader *r);

/* X.690 11.1: TRUE is 0xff. */
bool ike2_der_bool(struct reader *r, uint8_t tag);
/* Contents octets of an INTEGER, minimal as X.690 8.3.2 wants. */
ike2_bytes ike2_der_integer(struct reader *r, uint8_t tag);
/* A number that is not negative; what does not fit into 31 bits becomes INT32_MAX. */
uint32_t ike2_der_uint(struct reader *r, uint8_t tag);
/* An OBJECT IDENTIFIER, X.690 8.19: no arc has leading zeros or is cut. */
ike2_bytes ike2_der_oid(struct reader *r, uint8_t tag);
/* Contents octets of a BIT STRING of whole octets. */
ike2_bytes ike2_der_octet_bits(struct reader *r, uint8_t tag);
/* A named bit list: bit n of the result is bit n of the list. X.690 11.2.2: no zeros behind the
 * last one; bits from 32 on are left out. */
uint32_t ike2_der_named_bits(struct reader *r, uint8_t tag);

#endif
