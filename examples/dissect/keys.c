/* keys.c - the keys of recorded IKE SAs. Columns of the table: capture ispi rspi encr_id keybits
 * saltlen ivlen aead_icvlen integ_id integ_icvlen sk_ei sk_er sk_ai sk_ar. RFC 7296 2.14, 3.14. */
#include "keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ike2/iana.h>

#include "hex.h"
#include "tsv.h"

enum column {
    CAPTURE,
    ISPI,
    RSPI,
    ENCR_ID,
    KEYBITS,
    SALTLEN,
    IVLEN,
    AEAD_ICVLEN,
    INTEG_ID,
    INTEG_ICVLEN,
    SK_EI,
    SK_ER,
    SK_AI,
    SK_AR,
    N_COLUMNS
};

static const char *const column_names[N_COLUMNS] = {
    [CAPTURE] = "capture",   [ISPI] = "ispi",
    [RSPI] = "rspi",         [ENCR_ID] = "encr_id",
    [KEYBITS] = "keybits",   [SALTLEN] = "saltlen",
    [IVLEN] = "ivlen",       [AEAD_ICVLEN] = "aead_icvlen",
    [INTEG_ID] = "integ_id", [INTEG_ICVLEN] = "integ_icvlen",
    [SK_EI] = "sk_ei",       [SK_ER] = "sk_er",
    [SK_AI] = "sk_ai",       [SK_AR] = "sk_ar",
};

struct table {
    struct tsv tsv;
    size_t at[N_COLUMNS];
    const ike2_crypto *crypto;
};

/* What one row's two transforms are like. */
struct algorithms {
    ike2_transform_info encr, integ; /* integ: zero where there is none */
};

static ike2_bytes cell(const struct table *t, enum column column)
{
    return t->tsv.field[t->at[column]];
}

static bool refuse(struct table *t, enum column column, const char *message)
{
    tsv_error(&t->tsv, column_names[column], message);
    return false;
}

static bool number_read(struct table *t, enum column column, uint32_t *out)
{
    return decimal(cell(t, column), UINT16_MAX, out) ||
           refuse(t, column, "not a decimal number below 65536");
}

/* RFC 7296 3.3.5: no Key Length attribute where the length is fixed. RFC 7634 2. */
static bool key_is_fixed(uint32_t encr)
{
    return encr == IKE2_ENCR_3DES || encr == IKE2_ENCR_CHACHA20_POLY1305;
}

static bool transforms_read(struct table *t, struct sa_keys *sa)
{
    uint32_t encr, key_bits, integ;

    if (!number_read(t, ENCR_ID, &encr) || !number_read(t, KEYBITS, &key_bits) ||
        !number_read(t, INTEG_ID, &integ))
        return false;
    sa->encr = (ike2_transform){
        .type = IKE2_TRANSFORM_ENCR,
        .id = (uint16_t)encr,
        .key_bits = key_is_fixed(encr) ? 0 : (uint16_t)key_bits,
    };
    sa->integ = (ike2_transform){ 0 };
    if (integ != IKE2_INTEG_NONE)
        sa->integ = (ike2_transform){ .type = IKE2_TRANSFORM_INTEG, .id = (uint16_t)integ };
    return true;
}

/* False without an error if the provider does not have one of the two. */
static bool algorithms_find(struct table *t, const struct sa_keys *sa, struct algorithms *out)
{
    const ike2_crypto *c = t->crypto;

    *out = (struct algorithms){ .encr = IKE2_INIT(ike2_transform_info),
                                .integ = IKE2_INIT(ike2_transform_info) };
    if (c->describe(c->user, &sa->encr, &out->encr) != IKE2_OK) {
        tsv_warn(&t->tsv, "encr_id", "cipher is not supported, nothing of this SA is decrypted");
        return false;
    }
    if (sa->integ.type != 0 && c->describe(c->user, &sa->integ, &out->integ) != IKE2_OK) {
        tsv_warn(&t->tsv, "integ_id",
                 "algorithm is not supported, nothing of this SA is decrypted");
        return false;
    }
    return true;
}

/* The table says some lengths that follow from the algorithms: if they differ, one is wrong. */
static bool lengths_check(struct table *t, const struct algorithms *a)
{
    const struct {
        enum column column;
        uint32_t expected;
    } lengths[] = {
        { SALTLEN, a->encr.salt_len },
        { IVLEN, a->encr.iv_len },
        { AEAD_ICVLEN, a->encr.aead ? a->encr.icv_len : 0 },
        { INTEG_ICVLEN, a->integ.icv_len },
    };
    uint32_t value;

    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        if (!number_read(t, lengths[i].column, &value))
            return false;
        if (value != lengths[i].expected)
            return refuse(t, lengths[i].column, "not the length this algorithm has");
    }
    return true;
}

static bool algorithms_check(struct table *t, struct sa_keys *sa, const struct algorithms *a)
{
    if (a->encr.aead && sa->integ.type != 0)
        return refuse(t, INTEG_ID, "an AEAD has no integrity algorithm beside it");
    if (!a->encr.aead && sa->integ.type == 0)
        return refuse(t, INTEG_ID, "this cipher needs an integrity algorithm");
    if (!lengths_check(t, a))
        return false;
    sa->sizes = (ike2_sk_sizes){
        .iv_len = (uint8_t)a->encr.iv_len,
        .icv_len = (uint8_t)(a->encr.aead ? a->encr.icv_len : a->integ.icv_len),
        .block_len = (uint8_t)a->encr.block_len,
    };
    return true;
}

/* A key of `len` octets; 0: the column has to be `-`, and the key is NULL. */
static bool key_read(struct table *t, enum column column, size_t len, uint16_t use, ike2_key **out)
{
    uint8_t octets[256];
    ike2_buffer room = { .ptr = octets, .cap = sizeof octets };
    ike2_bytes text = cell(t, column);
    const char *reason;
    bool imported;

    if (len == 0 && text.len == 1 && text.ptr[0] == '-')
        return true;
    if (!hex_decode(text, &room, &reason)) {
        octets_wipe(octets, sizeof octets);
        return refuse(t, column, reason);
    }
    if (room.len != len || len == 0) {
        octets_wipe(octets, sizeof octets);
        return refuse(t, column, "not the length this algorithm's key has");
    }
    imported = t->crypto->key_import(t->crypto->user, use,
                                     (ike2_bytes){ .ptr = octets, .len = len }, out) == IKE2_OK;
    octets_wipe(octets, sizeof octets);
    return imported || refuse(t, column, "the crypto provider does not take this key");
}

static bool directions_read(struct table *t, struct sa_keys *sa, const struct algorithms *a)
{
    size_t encr_len = (size_t)a->encr.key_len + a->encr.salt_len;
    size_t integ_len = a->integ.key_len;

    return key_read(t, SK_EI, encr_len, IKE2_USE_CIPHER, &sa->from_initiator.encr) &&
           key_read(t, SK_ER, encr_len, IKE2_USE_CIPHER, &sa->from_responder.encr) &&
           key_read(t, SK_AI, integ_len, IKE2_USE_MAC, &sa->from_initiator.integ) &&
           key_read(t, SK_AR, integ_len, IKE2_USE_MAC, &sa->from_responder.integ);
}

static bool name_copy(struct table *t, struct sa_keys *sa)
{
    ike2_bytes name = cell(t, CAPTURE);

    if (name.len == 0)
        return refuse(t, CAPTURE, "is empty");
    sa->capture = malloc(name.len);
    if (sa->capture == NULL)
        return refuse(t, CAPTURE, "out of memory");
    memcpy(sa->capture, name.ptr, name.len);
    sa->capture_len = name.len;
    return true;
}

/* False, perhaps with an error, if this row has no SA to use; what it holds then is released by the
 * caller as well. */
static bool sa_read(struct table *t, struct sa_keys *sa)
{
    struct algorithms algorithms;

    if (!hex_spi(cell(t, ISPI), &sa->spi_i))
        return refuse(t, ISPI, "not 16 hexadecimal digits");
    if (!hex_spi(cell(t, RSPI), &sa->spi_r))
        return refuse(t, RSPI, "not 16 hexadecimal digits");
    return transforms_read(t, sa) && algorithms_find(t, sa, &algorithms) &&
           algorithms_check(t, sa, &algorithms) && directions_read(t, sa, &algorithms) &&
           name_copy(t, sa);
}

static void sa_clear(const ike2_crypto *c, struct sa_keys *sa)
{
    c->key_free(c->user, sa->from_initiator.encr);
    c->key_free(c->user, sa->from_initiator.integ);
    c->key_free(c->user, sa->from_responder.encr);
    c->key_free(c->user, sa->from_responder.integ);
    free(sa->capture);
    *sa = (struct sa_keys){ 0 };
}

static bool sas_reserve(struct keys *keys)
{
    size_t cap = keys->cap == 0 ? 16 : 2 * keys->cap;
    struct sa_keys *sas;

    if (keys->n_sas < keys->cap)
        return true;
    sas = realloc(keys->sas, cap * sizeof *sas);
    if (sas == NULL)
        return false;
    keys->sas = sas;
    keys->cap = cap;
    return true;
}

static void sas_read(struct keys *keys, struct table *t)
{
    while (tsv_next(&t->tsv)) {
        struct sa_keys sa = { 0 };

        if (!sas_reserve(keys)) {
            refuse(t, CAPTURE, "out of memory");
            return;
        }
        if (sa_read(t, &sa))
            keys->sas[keys->n_sas++] = sa;
        else
            sa_clear(keys->crypto, &sa);
    }
}

bool keys_load(struct keys *keys, const ike2_crypto *crypto, const char *path)
{
    struct table t = { .crypto = crypto };
    bool loaded = false;

    *keys = (struct keys){ .crypto = crypto };
    if (tsv_open(&t.tsv, path, column_names[CAPTURE]) &&
        tsv_columns(&t.tsv, column_names, N_COLUMNS, t.at)) {
        sas_read(keys, &t);
        loaded = t.tsv.n_errors == 0;
    }
    tsv_close(&t.tsv);
    return loaded;
}

void keys_clear(struct keys *keys)
{
    for (size_t i = 0; i < keys->n_sas; i++)
        sa_clear(keys->crypto, &keys->sas[i]);
    free(keys->sas);
    *keys = (struct keys){ 0 };
}

static bool capture_fits(const struct sa_keys *sa, ike2_bytes capture)
{
    if (sa->capture_len == 1 && sa->capture[0] == '-')
        return true;
    return sa->capture_len == capture.len && memcmp(sa->capture, capture.ptr, capture.len) == 0;
}

const struct sa_keys *keys_find(const struct keys *keys, ike2_bytes capture,
                                const ike2_header *header)
{
    for (size_t i = 0; i < keys->n_sas; i++) {
        const struct sa_keys *sa = &keys->sas[i];

        if (sa->spi_i == header->spi_i && sa->spi_r == header->spi_r && capture_fits(sa, capture))
            return sa;
    }
    return NULL;
}

ike2_err keys_open(const struct keys *keys, const struct sa_keys *sa, const ike2_header *header,
                   uint8_t *message, const ike2_sk_parts *parts)
{
    /* RFC 7296 3.1: the flag is set by the original initiator of the IKE SA, whichever exchange and
     * whether request or response. */
    const struct direction *direction =
        (header->flags & IKE2_FLAG_INITIATOR) != 0 ? &sa->from_initiator : &sa->from_responder;
    const ike2_seal_args args = {
        .encr = sa->encr,
        .integ = sa->integ,
        .encr_key = direction->encr,
        .integ_key = direction->integ,
        .iv = parts->iv,
        .aad = parts->aad,
        .data = message + (parts->sealed.ptr - message),
        .len = parts->sealed.len,
        .icv = message + (parts->icv.ptr - message),
        .icv_len = parts->icv.len,
    };

    return keys->crypto->open(keys->crypto->user, &args);
}
