/* composer.c - writes the golden messages. RFC 7296 3.1, 3.14; RFC 7383 2.5. */
#include "composer.h"

#include <inttypes.h>
#include <stdio.h>

#include <ike2/iana.h>

enum { KEY_MAX = 96, VERSION_2_0 = 0x20 };

/* The four keys of a suite differ in this. */
enum { SK_EI = 0x00, SK_ER = 0x40, SK_AI = 0x80, SK_AR = 0xc0 };

static uint64_t suite_spi(const struct suite *suite, uint8_t side)
{
    return UINT64_C(0x6f75727300000000) + (uint64_t)side * 0x10000 + suite->number;
}

static ike2_bytes key_fill(const struct suite *suite, uint8_t which, size_t len, uint8_t *room)
{
    for (size_t i = 0; i < len; i++)
        room[i] = (uint8_t)(which + suite->number * 7u + i * 3u);
    return (ike2_bytes){ .ptr = room, .len = len };
}

static size_t encr_len(const struct suite *suite)
{
    return suite->key_bits / 8u + suite->salt_len;
}

void composer_capture(struct composer *c, const char *capture, const struct suite *suite)
{
    c->capture = capture;
    c->frame = 0;
    c->suite = suite;
}

void composer_begin(struct composer *c, uint8_t exchange, uint8_t flags, uint32_t message_id)
{
    c->header = (ike2_header){
        .spi_i = c->suite != NULL ? suite_spi(c->suite, 1) : UINT64_C(0x6f75727300000001),
        /* RFC 7296 3.1: zero in the first message. */
        .spi_r = c->suite != NULL ? suite_spi(c->suite, 2) : 0,
        .version = VERSION_2_0,
        .exchange = exchange,
        .flags = flags,
        .message_id = message_id,
    };
    c->frame++;
    ike2_writer_init(&c->writer, c->room, sizeof c->room);
    ike2_message_begin(&c->writer, &c->header);
}

void composer_end(struct composer *c)
{
    ike2_bytes message = { 0 };

    if (ike2_message_end(&c->writer, &message) != IKE2_OK)
        c->failed = true;
    c->len = message.len;
}

void composer_begin_sealed(struct composer *c, uint8_t first, uint16_t fragment, uint16_t fragments)
{
    ike2_sk_begin(&c->writer, &c->suite->sizes, first, fragment, fragments);
}

static void key_import(struct composer *c, uint8_t which, size_t len, uint16_t use, ike2_key **out)
{
    uint8_t octets[KEY_MAX];

    if (len != 0 && c->crypto->key_import(c->crypto->user, use,
                                          key_fill(c->suite, which, len, octets), out) != IKE2_OK)
        c->failed = true;
}

static void room_seal(struct composer *c, const ike2_sk_room *room, ike2_key *encr, ike2_key *integ)
{
    const struct suite *suite = c->suite;
    /* RFC 7634 2: this one has no Key Length attribute. */
    uint16_t key_bits = suite->encr == IKE2_ENCR_CHACHA20_POLY1305 ? 0 : suite->key_bits;
    const ike2_seal_args args = {
        .encr = { .type = IKE2_TRANSFORM_ENCR, .id = suite->encr, .key_bits = key_bits },
        .integ = { .type = suite->integ != 0 ? IKE2_TRANSFORM_INTEG : 0, .id = suite->integ },
        .encr_key = encr,
        .integ_key = integ,
        .iv = { .ptr = room->iv, .len = suite->sizes.iv_len },
        .aad = room->aad,
        .data = room->data,
        .len = room->data_len,
        .icv = room->icv,
        .icv_len = suite->sizes.icv_len,
    };

    if (c->failed || c->crypto->seal(c->crypto->user, &args) != IKE2_OK)
        c->failed = true;
}

void composer_end_sealed(struct composer *c)
{
    bool by_initiator = (c->header.flags & IKE2_FLAG_INITIATOR) != 0;
    ike2_key *encr = NULL;
    ike2_key *integ = NULL;
    ike2_bytes message = { 0 };
    ike2_sk_room room;

    c->len = 0;
    if (ike2_sk_end(&c->writer, &c->suite->sizes, &room, &message) != IKE2_OK) {
        c->failed = true;
        return;
    }
    if (c->pad_length != 0)
        room.data[room.data_len - 1] = (uint8_t)c->pad_length;
    /* An IV that a real sender would never use twice, but each frame has its own here. */
    for (size_t i = 0; i < c->suite->sizes.iv_len; i++)
        room.iv[i] = (uint8_t)(c->frame * 16 + i);
    key_import(c, by_initiator ? SK_EI : SK_ER, encr_len(c->suite), IKE2_USE_CIPHER, &encr);
    key_import(c, by_initiator ? SK_AI : SK_AR, c->suite->integ_len, IKE2_USE_MAC, &integ);
    room_seal(c, &room, encr, integ);
    c->crypto->key_free(c->crypto->user, encr);
    c->crypto->key_free(c->crypto->user, integ);
    c->pad_length = 0;
    c->len = message.len;
}

void composer_patch(struct composer *c, int at, uint8_t octet)
{
    size_t index = at >= 0 ? (size_t)at : c->len - (size_t)-at;

    if (index < c->len)
        c->room[index] = octet;
    else
        c->failed = true;
}

void composer_resize(struct composer *c, int by)
{
    size_t len = by >= 0 ? c->len + (size_t)by : c->len - (size_t)-by;

    if (len > sizeof c->room) {
        c->failed = true;
        return;
    }
    for (size_t i = c->len; i < len; i++)
        c->room[i] = 0;
    c->len = len;
}

static void hex_print(const uint8_t *octets, size_t len)
{
    for (size_t i = 0; i < len; i++)
        printf("%02x", octets[i]);
}

void composer_print(struct composer *c, const char *note)
{
    printf("%s\t%u\t%s\t", c->capture, c->frame, note);
    hex_print(c->room, c->len);
    putchar('\n');
}

static void key_print(const struct suite *suite, uint8_t which, size_t len)
{
    uint8_t octets[KEY_MAX];
    ike2_bytes key = key_fill(suite, which, len, octets);

    putchar('\t');
    if (len == 0)
        putchar('-');
    hex_print(key.ptr, key.len);
}

void suite_print(const struct suite *suite)
{
    bool aead = suite->integ == 0;

    printf("%s\t%016" PRIx64 "\t%016" PRIx64 "\t%u\t%u\t%u\t%u\t%u\t%u\t%u", suite->capture,
           suite_spi(suite, 1), suite_spi(suite, 2), suite->encr, suite->key_bits, suite->salt_len,
           suite->sizes.iv_len, aead ? suite->sizes.icv_len : 0u, suite->integ,
           aead ? 0u : suite->sizes.icv_len);
    key_print(suite, SK_EI, encr_len(suite));
    key_print(suite, SK_ER, encr_len(suite));
    key_print(suite, SK_AI, suite->integ_len);
    key_print(suite, SK_AR, suite->integ_len);
    putchar('\n');
}
