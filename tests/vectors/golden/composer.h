/* composer.h - writes the golden messages: the library's public writer, its provider's `seal`, and
 * the means to break what is finished. Keys and IVs are fixed: every run writes the same. */
#ifndef GOLDEN_COMPOSER_H
#define GOLDEN_COMPOSER_H

#include <ike2/crypto.h>
#include <ike2/message.h>

enum { COMPOSER_ROOM = 2048 };

/* The algorithms of one IKE SA; its keys and SPIs follow from `number`. */
struct suite {
    const char *capture;
    uint8_t number;
    uint16_t encr, key_bits, salt_len;
    uint16_t integ, integ_len; /* 0, 0: an AEAD */
    ike2_sk_sizes sizes;
};

struct composer {
    const ike2_crypto *crypto;
    const char *capture;
    unsigned frame;
    const struct suite *suite; /* NULL: what follows is not sealed */
    ike2_header header;
    ike2_writer writer;
    uint8_t room[COMPOSER_ROOM];
    size_t len;        /* of the finished message */
    size_t pad_length; /* written over the real one before it is sealed, if not 0 */
    bool failed;
};

/* What follows belongs to `capture`, whose frames begin at 1; sealed with `suite` if not NULL. */
void composer_capture(struct composer *c, const char *capture, const struct suite *suite);

/* One message: begin or begin_sealed, payloads with `c->writer`, end or end_sealed, then perhaps
 * composer_patch or _resize, and composer_print. */
void composer_begin(struct composer *c, uint8_t exchange, uint8_t flags, uint32_t message_id);
void composer_end(struct composer *c);
/* `fragments` 0: SK, else SKF. */
void composer_begin_sealed(struct composer *c, uint8_t first, uint16_t fragment,
                           uint16_t fragments);
void composer_end_sealed(struct composer *c);

/* The finished message: one octet of it, from its end if `at` is negative; or its length. */
void composer_patch(struct composer *c, int at, uint8_t octet);
void composer_resize(struct composer *c, int by);
/* The row: capture, frame, `note`, hex. */
void composer_print(struct composer *c, const char *note);

/* The row of the keys' table. */
void suite_print(const struct suite *suite);

#endif
