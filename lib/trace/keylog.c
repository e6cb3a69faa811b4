/* trace/keylog.c - lines of Wireshark's ikev2_decryption_table. */
#include "trace/keylog.h"

#ifdef IKE2_ENABLE_KEYLOG

#include <ike2/iana.h>

#include "base/bytes.h"
#include "base/secret.h"
#include "base/text.h"

/* Four keys of 64 octets in hex and two names fit a line with room to spare. */
enum { LINE_CAP = 1024, KEY_CAP = 128, SPI_DIGITS = 16 };

/* Says how Wireshark calls the cipher; false if it has no name for it. */
static bool add_aead(struct text *t, const ike2_transform *encr, const char *mode, uint8_t icv_len)
{
    ike2_text_add(t, mode);
    ike2_text_uint(t, encr->key_bits);
    ike2_text_add(t, " with ");
    ike2_text_uint(t, icv_len);
    ike2_text_add(t, " octet ICV [RFC5282]");
    return true;
}

static bool add_classic(struct text *t, const ike2_transform *encr, const char *mode,
                        const char *rfc)
{
    ike2_text_add(t, mode);
    ike2_text_uint(t, encr->key_bits);
    ike2_text_add(t, rfc);
    return true;
}

static bool add_encr(struct text *t, const ike2_transform *encr)
{
    if (encr->key_bits != 128 && encr->key_bits != 192 && encr->key_bits != 256)
        return false;
    switch (encr->id) {
    case IKE2_ENCR_AES_CBC:
        return add_classic(t, encr, "AES-CBC-", " [RFC3602]");
    case IKE2_ENCR_AES_CTR:
        return add_classic(t, encr, "AES-CTR-", " [RFC5930]");
    case IKE2_ENCR_AES_GCM_8:
        return add_aead(t, encr, "AES-GCM-", 8);
    case IKE2_ENCR_AES_GCM_12:
        return add_aead(t, encr, "AES-GCM-", 12);
    case IKE2_ENCR_AES_GCM_16:
        return add_aead(t, encr, "AES-GCM-", 16);
    case IKE2_ENCR_AES_CCM_8:
        return add_aead(t, encr, "AES-CCM-", 8);
    case IKE2_ENCR_AES_CCM_12:
        return add_aead(t, encr, "AES-CCM-", 12);
    case IKE2_ENCR_AES_CCM_16:
        return add_aead(t, encr, "AES-CCM-", 16);
    }
    return false;
}

static bool add_integ(struct text *t, const ike2_suite *suite)
{
    const char *name = NULL;

    switch (suite->integ.type == 0 ? IKE2_INTEG_NONE : suite->integ.id) {
    case IKE2_INTEG_NONE:
        name = "NONE [RFC4306]";
        break;
    case IKE2_INTEG_HMAC_SHA1_96:
        name = "HMAC_SHA1_96 [RFC2404]";
        break;
    case IKE2_INTEG_HMAC_SHA2_256_128:
        name = "HMAC_SHA2_256_128 [RFC4868]";
        break;
    case IKE2_INTEG_HMAC_SHA2_384_192:
        name = "HMAC_SHA2_384_192 [RFC4868]";
        break;
    case IKE2_INTEG_HMAC_SHA2_512_256:
        name = "HMAC_SHA2_512_256 [RFC4868]";
        break;
    }
    if (name == NULL)
        return false;
    ike2_text_add(t, name);
    return true;
}

static void add_spis(struct text *t, const struct keylog_entry *e)
{
    ike2_text_hex_uint(t, e->spi_i, SPI_DIGITS);
    ike2_text_char(t, ',');
    ike2_text_hex_uint(t, e->spi_r, SPI_DIGITS);
}

/* An absent key is an empty column; false for one that may not leave the provider. */
static bool add_key(struct text *t, const ike2_crypto *c, const ike2_key *key)
{
    uint8_t octets[KEY_CAP];
    ike2_buffer buffer = { .ptr = octets, .cap = sizeof octets };
    bool ok = true;

    ike2_text_char(t, ',');
    if (key == NULL)
        return true;
    ok = c->key_export(c->user, key, &buffer) == IKE2_OK && buffer.len <= sizeof octets;
    if (ok)
        ike2_text_hex(t, bytes_of(octets, buffer.len));
    ike2_secret_wipe(octets, sizeof octets);
    return ok;
}

static bool add_entry(struct text *t, const ike2_crypto *c, const struct keylog_entry *e)
{
    add_spis(t, e);
    if (!add_key(t, c, e->sk_ei) || !add_key(t, c, e->sk_er))
        return false;
    ike2_text_add(t, ",\"");
    if (!add_encr(t, &e->suite->encr))
        return false;
    ike2_text_char(t, '"');
    if (!add_key(t, c, e->sk_ai) || !add_key(t, c, e->sk_ar))
        return false;
    ike2_text_add(t, ",\"");
    if (!add_integ(t, e->suite))
        return false;
    ike2_text_char(t, '"');
    return t->len < t->cap;
}

/* Nothing of the keys: a line that cannot be used must not tell them either. */
static void add_comment(struct text *t, const struct keylog_entry *e)
{
    ike2_text_add(t, "# ");
    add_spis(t, e);
    ike2_text_add(t, ": no line for encr ");
    ike2_text_uint(t, e->suite->encr.id);
    ike2_text_char(t, '/');
    ike2_text_uint(t, e->suite->encr.key_bits);
    ike2_text_add(t, ", integ ");
    ike2_text_uint(t, e->suite->integ.id);
}

void ike2_keylog_write(const struct tracer *tracer, const ike2_crypto *c,
                       const struct keylog_entry *e)
{
    char line[LINE_CAP];
    struct text t = text_of(line, sizeof line);

    if (tracer->sink.keylog == NULL)
        return;
    if (!add_entry(&t, c, e)) {
        ike2_secret_wipe(line, sizeof line);
        t = text_of(line, sizeof line);
        add_comment(&t, e);
    }
    tracer->sink.keylog(tracer->sink.user, line);
    ike2_secret_wipe(line, sizeof line);
}

#else

void ike2_keylog_write(const struct tracer *tracer, const ike2_crypto *c,
                       const struct keylog_entry *e)
{
    (void)tracer;
    (void)c;
    (void)e;
}

#endif
