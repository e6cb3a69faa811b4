/* x509/name.h - Distinguished Names and the names of subjectAltName. RFC 5280 4.1.2.4, 4.2.1.6,
 * 7.1. */
#ifndef X509_NAME_H
#define X509_NAME_H

#include "x509/der.h"

/* GeneralName by its tag. */
enum {
    NAME_OTHER = DER_CONSTRUCTED | 0,
    NAME_RFC822 = DER_CONTEXT | 1,
    NAME_DNS = DER_CONTEXT | 2,
    NAME_X400 = DER_CONSTRUCTED | 3,
    NAME_DIRECTORY = DER_CONSTRUCTED | 4,
    NAME_EDI = DER_CONSTRUCTED | 5,
    NAME_URI = DER_CONTEXT | 6,
    NAME_IP = DER_CONTEXT | 7,
    NAME_REGISTERED = DER_CONTEXT | 8
};

/* Attributes of a name, one by one, of all RDNs in order. */
struct attributes {
    struct reader rdns, rdn;
};

struct attribute {
    ike2_bytes type;
    uint8_t tag;
    ike2_bytes value;
    bool begins_rdn;
};

/* `name` is the whole Name, with tag and length. */
struct attributes ike2_x509_attributes(ike2_bytes name);
/* False at the end, and at an error: then `a->rdns` has failed. */
bool ike2_x509_attribute_next(struct attributes *a, struct attribute *out);

/* Does it parse? RFC 5280 4.1.2.4. The empty name does. */
bool ike2_x509_name_is_well_formed(ike2_bytes name);
bool ike2_x509_name_is_empty(ike2_bytes name);
/* Can it stand for somebody: it parses, is not empty, and no text of it contains a NUL? */
bool ike2_x509_name_is_sound(ike2_bytes name);
/* The same name? RFC 5280 7.1: attributes one by one, those of one RDN in any order; text without
 * regard to the case of ASCII letters, to white space at the ends, and to how much there is
 * between words. Characters beyond ASCII must be the same, so names that RFC 5280 calls equal may
 * be different here, never the other way round. */
bool ike2_x509_name_equal(ike2_bytes a, ike2_bytes b);
/* Is `name` in the subtree of `base`: are all RDNs of `base` the first ones of `name`? 4.2.1.10 */
bool ike2_x509_name_is_below(ike2_bytes name, ike2_bytes base);
/* Contents of two RDNs: the same attributes? */
bool ike2_x509_rdn_equal(ike2_bytes a, ike2_bytes b);
/* Is all text of it of the types and characters that _equal sees through: ASCII? */
bool ike2_x509_name_is_plain(ike2_bytes name);
/* Octets equal but for the case of ASCII letters. */
bool ike2_x509_equal_but_case(ike2_bytes a, ike2_bytes b);
/* Letters, digits, hyphens, underscores, in labels of at most 63: neither a pattern nor a NUL. */
bool ike2_x509_is_host_name(ike2_bytes name);
/* Where the domain of a mailbox begins, behind the last @; its length if there is none. */
size_t ike2_x509_domain_of(ike2_bytes mailbox);

/* One GeneralName of a GeneralNames: its value, of a directoryName the whole Name. */
struct general_name {
    uint8_t tag;
    ike2_bytes value;
};
/* Fails if it is none of the forms, or not what its form wants: IA5 text, 4 or 16 octets (8 or 32
 * if `with_mask`), a Name. */
struct general_name ike2_x509_general_name(struct reader *r, bool with_mask);
/* A GeneralNames, without its tag: not empty, and all of it as above. */
bool ike2_x509_general_names_are_well_formed(struct reader names);

#endif
