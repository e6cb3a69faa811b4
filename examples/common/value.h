/* value.h - one word of a command line or a configuration file as a value. Each function returns
 * NULL, or what is wrong with the word and what would be right, as the end of a sentence: "it is no
 * number". Such texts are valid until the next call on the same thread. */
#ifndef COMMON_VALUE_H
#define COMMON_VALUE_H

#include <ike2/message.h>

enum {
    PROPOSALS_MAX = 8,
    TRANSFORMS_MAX = 32, /* of one proposal */
    SELECTORS_MAX = 16,
    SCHEMES_MAX = 16,
    ID_ROOM = 256
};

/* Proposals, preferred first; none means the library's own. */
struct proposals {
    size_t n;
    ike2_proposal
        list[PROPOSALS_MAX]; /* their transforms lie in `room`: do not copy the structure */
    ike2_transform room[PROPOSALS_MAX][TRANSFORMS_MAX];
    int lines[PROPOSALS_MAX]; /* of a configuration file's text; 0 = none */
};

struct selectors {
    size_t n;
    ike2_ts list[SELECTORS_MAX];
};

struct identity {
    ike2_id id; /* views `room`: do not copy the structure */
    uint8_t room[ID_ROOM];
};

/* IKE2_SIG_*, preferred first. */
struct schemes {
    size_t n;
    uint16_t list[SCHEMES_MAX];
};

const char *value_number(const char *text, uint32_t least, uint32_t most, uint32_t *out);
const char *value_u16(const char *text, uint32_t least, uint16_t *out);
/* "30", "30s", "5m", "2h", "1d", or "never", which is IKE2_NEVER. */
const char *value_seconds(const char *text, uint32_t least, uint32_t *out);
/* "50000", "64k", "20m", "1g", "2t", in powers of 1024; also "64K", "64KB", "64KiB". */
const char *value_octets(const char *text, uint64_t least, uint64_t *out);
/* "yes" or "no". */
const char *value_switch(const char *text, bool *out);
/* The index in `words`. */
const char *value_word(const char *text, const char *const *words, size_t n, size_t *out);
/* "tunnel", "transport" or "either": how much transport mode is wanted. */
const char *value_mode(const char *text, ike2_want *out);
const char *value_identity(const char *text, struct identity *out);
/* These append. */
const char *value_proposal(const char *text, uint8_t protocol, struct proposals *out);
const char *value_selector(const char *text, struct selectors *out);
/* Addresses to give away: "10.9.0.10-10.9.0.99", or a network without its first and its last
 * address: "10.9.0.0/24", "2001:db8:9::/64" (of IPv6 only the first has a meaning). */
const char *value_range(const char *text, struct selectors *out);
/* "rsa-pss-sha256", "ecdsa-sha384", ... */
const char *value_scheme(const char *text, struct schemes *out);
/* An address without port, "192.0.2.1", "2001:db8::1" or "[2001:db8::1]". Does not resolve names.
 */
const char *value_address(const char *text, ike2_addr *out);

/* All there are, with SHA-1. */
void value_all_schemes(struct schemes *out);

/* The word for an IKE2_SIG_*, or NULL. */
const char *value_scheme_word(uint16_t scheme);
/* Everything, IPv4 and IPv6, if `s` is empty. */
void value_default_selectors(struct selectors *s);

#endif
