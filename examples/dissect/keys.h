/* keys.h - the keys of recorded IKE SAs, and how one direction of an SA is opened. RFC 7296 2.14,
 * 3.14; RFC 5282. Key octets stay in the provider's handles; the file they came from is wiped. */
#ifndef DISSECT_KEYS_H
#define DISSECT_KEYS_H

#include <ike2/crypto.h>
#include <ike2/message.h>

#include "lines.h"

/* One direction of an IKE SA: the keys of the original initiator or of the responder. */
struct direction {
    ike2_key *encr, *integ; /* SK_e with its salt, SK_a or NULL */
};

struct sa_keys {
    uint8_t *capture; /* its name; `-` fits any */
    size_t capture_len;
    uint64_t spi_i, spi_r;
    ike2_transform encr, integ;
    ike2_sk_sizes sizes;
    struct direction from_initiator, from_responder;
};

struct keys {
    const ike2_crypto *crypto;
    struct sa_keys *sas;
    size_t n_sas, cap;
};

/* What a line of a file says; the names that its columns have there are the reader's. */
enum key_column {
    KEY_CAPTURE,
    KEY_SPI_I,
    KEY_SPI_R,
    KEY_ENCR,
    KEY_INTEG,
    KEY_SK_EI,
    KEY_SK_ER,
    KEY_SK_AI,
    KEY_SK_AR,
    KEY_COLUMNS
};

struct key_line {
    ike2_bytes text[KEY_COLUMNS]; /* not of the algorithms; a key that there is none of is empty */
    ike2_transform encr, integ;   /* integ: type 0 if there is none */
};

/* Why a line was not taken. */
struct key_refusal {
    enum key_column column;
    const char *message;
    bool is_warning; /* nothing is wrong with it, but the provider lacks the algorithm */
};

/* What a line's two transforms are like; integ: zero where there is none. */
struct algorithms {
    ike2_transform_info encr, integ;
};

/* Reads the file at `path`: our own table, or the one of Wireshark. False, with the reasons on
 * stderr, if it cannot be read or has an error; an SA whose algorithms the provider does not have
 * is left out with a warning. Always call keys_clear. */
bool keys_load(struct keys *keys, const ike2_crypto *crypto, const char *path);
void keys_clear(struct keys *keys);

/* Of the readers. */
bool keys_describe(const struct keys *keys, const struct key_line *line, struct algorithms *out,
                   struct key_refusal *why);
bool keys_add(struct keys *keys, const struct key_line *line, struct key_refusal *why);
/* Says it on stderr, with the line that `l` is at and the name of the column. */
void key_refusal_print(const struct key_refusal *why, struct lines *l,
                       const char *const names[KEY_COLUMNS]);

/* The SA of a message in `capture`, or NULL. */
const struct sa_keys *keys_find(const struct keys *keys, ike2_bytes capture,
                                const ike2_header *header);
/* Decrypts `parts`, which view `message`, in place. IKE2_ERR_AUTH: wrong ICV. */
ike2_err keys_open(const struct keys *keys, const struct sa_keys *sa, const ike2_header *header,
                   uint8_t *message, const ike2_sk_parts *parts);

#endif
