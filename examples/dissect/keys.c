/* keys.c - the keys of recorded IKE SAs. RFC 7296 2.14, 3.14. */
#include "keys.h"

#include <stdlib.h>
#include <string.h>

#include <ike2/iana.h>

#include "hex.h"
#include "key_log.h"
#include "key_table.h"

/* --- What a line says ---------------------------------------------------------------------- */

static bool refuse(struct key_refusal *why, enum key_column column, const char *message)
{
    *why = (struct key_refusal){ .column = column, .message = message };
    return false;
}

static bool lack(struct key_refusal *why, enum key_column column, const char *message)
{
    *why = (struct key_refusal){ .column = column, .message = message, .is_warning = true };
    return false;
}

void key_refusal_print(const struct key_refusal *why, struct lines *l,
                       const char *const names[KEY_COLUMNS])
{
    if (why->is_warning)
        lines_warn(l, names[why->column], why->message);
    else
        lines_error(l, names[why->column], why->message);
}

/* --- Algorithms ---------------------------------------------------------------------------- */

bool keys_describe(const struct keys *keys, const struct key_line *line, struct algorithms *out,
                   struct key_refusal *why)
{
    const ike2_crypto *c = keys->crypto;

    *out = (struct algorithms){ .encr = IKE2_INIT(ike2_transform_info),
                                .integ = IKE2_INIT(ike2_transform_info) };
    if (c->describe(c->user, &line->encr, &out->encr) != IKE2_OK)
        return lack(why, KEY_ENCR, "cipher is not supported, nothing of this SA is decrypted");
    if (line->integ.type != 0 && c->describe(c->user, &line->integ, &out->integ) != IKE2_OK)
        return lack(why, KEY_INTEG, "algorithm is not supported, nothing of this SA is decrypted");
    if (out->encr.aead && line->integ.type != 0)
        return refuse(why, KEY_INTEG, "an AEAD has no integrity algorithm beside it");
    if (!out->encr.aead && line->integ.type == 0)
        return refuse(why, KEY_INTEG, "this cipher needs an integrity algorithm");
    return true;
}

static ike2_sk_sizes sizes_of(const struct algorithms *a)
{
    return (ike2_sk_sizes){
        .iv_len = (uint8_t)a->encr.iv_len,
        .icv_len = (uint8_t)(a->encr.aead ? a->encr.icv_len : a->integ.icv_len),
        .block_len = (uint8_t)a->encr.block_len,
    };
}

/* --- Keys ---------------------------------------------------------------------------------- */

/* How a column becomes a key of `len` octets; 0: there has to be none, and it stays NULL. */
struct import {
    const ike2_crypto *crypto;
    ike2_bytes text;
    size_t len;
    uint16_t use;
};

/* Says what is wrong, or NULL. `octets` is the caller's to wipe. */
static const char *key_import(const struct import *in, ike2_buffer *octets, ike2_key **out)
{
    const char *reason;

    if (in->len == 0 && in->text.len == 0)
        return NULL;
    if (!hex_decode(in->text, octets, &reason))
        return reason;
    if (octets->len != in->len || in->len == 0)
        return "not the length this algorithm's key has";
    if (in->crypto->key_import(in->crypto->user, in->use,
                               (ike2_bytes){ .ptr = octets->ptr, .len = octets->len },
                               out) != IKE2_OK)
        return "the crypto provider does not take this key";
    return NULL;
}

static bool key_read(const struct import *in, enum key_column column, ike2_key **out,
                     struct key_refusal *why)
{
    uint8_t octets[256];
    ike2_buffer room = { .ptr = octets, .cap = sizeof octets };
    const char *wrong = key_import(in, &room, out);

    octets_wipe(octets, sizeof octets);
    return wrong == NULL || refuse(why, column, wrong);
}

static bool directions_read(const struct keys *keys, const struct key_line *line,
                            const struct algorithms *a, struct sa_keys *sa, struct key_refusal *why)
{
    const struct {
        enum key_column column;
        ike2_key **key;
    } parts[] = {
        { KEY_SK_EI, &sa->from_initiator.encr },
        { KEY_SK_ER, &sa->from_responder.encr },
        { KEY_SK_AI, &sa->from_initiator.integ },
        { KEY_SK_AR, &sa->from_responder.integ },
    };

    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        bool is_cipher = parts[i].column == KEY_SK_EI || parts[i].column == KEY_SK_ER;
        const struct import in = {
            .crypto = keys->crypto,
            .text = line->text[parts[i].column],
            .len = is_cipher ? (size_t)a->encr.key_len + a->encr.salt_len : a->integ.key_len,
            .use = is_cipher ? IKE2_USE_CIPHER : IKE2_USE_MAC,
        };

        if (!key_read(&in, parts[i].column, parts[i].key, why))
            return false;
    }
    return true;
}

static bool name_copy(ike2_bytes name, struct sa_keys *sa, struct key_refusal *why)
{
    if (name.len == 0)
        return refuse(why, KEY_CAPTURE, "is empty");
    sa->capture = malloc(name.len);
    if (sa->capture == NULL)
        return refuse(why, KEY_CAPTURE, "out of memory");
    memcpy(sa->capture, name.ptr, name.len);
    sa->capture_len = name.len;
    return true;
}

/* --- SAs ----------------------------------------------------------------------------------- */

/* What `sa` holds after a refusal is released by the caller as well. */
static bool sa_read(const struct keys *keys, const struct key_line *line, struct sa_keys *sa,
                    struct key_refusal *why)
{
    struct algorithms algorithms;

    if (!hex_spi(line->text[KEY_SPI_I], &sa->spi_i))
        return refuse(why, KEY_SPI_I, "not 16 hexadecimal digits");
    if (!hex_spi(line->text[KEY_SPI_R], &sa->spi_r))
        return refuse(why, KEY_SPI_R, "not 16 hexadecimal digits");
    if (!keys_describe(keys, line, &algorithms, why))
        return false;
    sa->encr = line->encr;
    sa->integ = line->integ;
    sa->sizes = sizes_of(&algorithms);
    return directions_read(keys, line, &algorithms, sa, why) &&
           name_copy(line->text[KEY_CAPTURE], sa, why);
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

bool keys_add(struct keys *keys, const struct key_line *line, struct key_refusal *why)
{
    struct sa_keys sa = { 0 };

    if (!sas_reserve(keys))
        return refuse(why, KEY_CAPTURE, "out of memory");
    if (!sa_read(keys, line, &sa, why)) {
        sa_clear(keys->crypto, &sa);
        return false;
    }
    keys->sas[keys->n_sas++] = sa;
    return true;
}

bool keys_load(struct keys *keys, const ike2_crypto *crypto, const char *path)
{
    struct lines lines;
    bool is_table;

    *keys = (struct keys){ .crypto = crypto };
    if (!lines_open(&lines, path)) {
        lines_close(&lines);
        return false;
    }
    is_table = lines_have(&lines, key_table_start);
    lines_close(&lines);
    return is_table ? key_table_load(keys, path) : key_log_load(keys, path);
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
