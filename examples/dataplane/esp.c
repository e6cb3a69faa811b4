#include "esp.h"

#include <string.h>

#include <ike2/iana.h>

#include "octets.h"

/* RFC 4303 2.4: the ICV is aligned to four octets. */
enum { ALIGN_MIN = 4, AAD_MAX = 12, IV_MAX = 16, ICV_MAX = 32, COUNTER = 8 };

/* --- An SA ------------------------------------------------------------------------------ */

static bool describe_encr(struct esp *e, ike2_transform_info *out, struct fault *fault)
{
    ike2_err err = e->crypto->describe(e->crypto->user, &e->encr, out);

    if (err != IKE2_OK)
        return fault_set(fault, "cannot encrypt with transform %u: %s", e->encr.id,
                         ike2_strerror(err));
    if (out->iv_len > IV_MAX || (!out->iv_random && out->iv_len != COUNTER) ||
        (out->block_len > 1 && out->block_len % ALIGN_MIN != 0))
        return fault_set(fault, "cannot make ESP with encryption transform %u", e->encr.id);
    return true;
}

static bool describe_integ(struct esp *e, struct fault *fault)
{
    ike2_transform_info info = IKE2_INIT(ike2_transform_info);
    ike2_err err = IKE2_ERR_UNSUPPORTED;

    if (e->integ.type == IKE2_TRANSFORM_INTEG && e->integ.id != IKE2_INTEG_NONE)
        err = e->crypto->describe(e->crypto->user, &e->integ, &info);
    if (err != IKE2_OK)
        return fault_set(fault, "cannot authenticate with integrity transform %u: %s", e->integ.id,
                         ike2_strerror(err));
    /* RFC 4303 2.2.1: here the upper half of the number would be authenticated behind the
     * ciphertext, where a provider's `seal` has no room for it. */
    if (e->esn)
        return fault_set(fault, "extended sequence numbers need an AEAD cipher here: propose "
                                "AES-GCM or ChaCha20-Poly1305, or no ESN");
    e->icv_len = info.icv_len;
    return true;
}

bool esp_init(struct esp *e, const struct esp_config *config, struct fault *fault)
{
    ike2_transform_info info = IKE2_INIT(ike2_transform_info);
    struct esp made = {
        .crypto = config->crypto,
        .encr = config->suite->encr,
        .integ = config->suite->integ,
        .spi = config->spi,
        .esn = config->esn,
    };

    if (!describe_encr(&made, &info, fault))
        return false;
    made.iv_random = info.iv_random;
    made.iv_len = info.iv_len;
    made.icv_len = info.icv_len;
    made.align = info.block_len > ALIGN_MIN ? info.block_len : ALIGN_MIN;
    if (!info.aead && !describe_integ(&made, fault))
        return false;
    if (made.icv_len > ICV_MAX || config->encr_key == NULL ||
        (config->integ_key == NULL) != info.aead)
        return fault_set(fault, "keys and transforms of the pair do not fit each other");

    made.encr_key = config->encr_key;
    made.crypto->key_ref(made.crypto->user, made.encr_key);
    made.integ_key = config->integ_key;
    if (made.integ_key != NULL)
        made.crypto->key_ref(made.crypto->user, made.integ_key);
    *e = made;
    return true;
}

void esp_clear(struct esp *e)
{
    if (e->crypto != NULL) {
        e->crypto->key_free(e->crypto->user, e->encr_key);
        e->crypto->key_free(e->crypto->user, e->integ_key);
    }
    *e = (struct esp){ 0 };
}

uint64_t esp_sequence_max(const struct esp *e)
{
    return e->esn ? UINT64_MAX : UINT32_MAX;
}

/* --- Lengths ---------------------------------------------------------------------------- */

static size_t overhead(const struct esp *e)
{
    return ESP_HEADER + e->iv_len + e->icv_len;
}

static size_t padded_len(const struct esp *e, size_t len)
{
    return (len + ESP_TRAILER + e->align - 1) / e->align * e->align;
}

size_t esp_sealed_len(const struct esp *e, size_t len)
{
    return overhead(e) + padded_len(e, len);
}

size_t esp_payload_max(const struct esp *e, size_t len)
{
    size_t room = len > overhead(e) ? (len - overhead(e)) / e->align * e->align : 0;

    return room > ESP_TRAILER ? room - ESP_TRAILER : 0;
}

/* --- Packets ---------------------------------------------------------------------------- */

/* RFC 4303 2.2.1, RFC 4106 5: what is authenticated in front of the IV. */
static size_t write_aad(const struct esp *e, uint64_t sequence, uint8_t aad[AAD_MAX])
{
    put_u32(aad, e->spi);
    if (e->esn) {
        put_u64(aad + 4, sequence);
        return AAD_MAX;
    }
    put_u32(aad + 4, (uint32_t)sequence);
    return ESP_HEADER;
}

static ike2_err write_iv(const struct esp *e, uint64_t sequence, uint8_t *iv)
{
    if (e->iv_random)
        return e->crypto->random(e->crypto->user, iv, e->iv_len);
    put_u64(iv, sequence);
    return IKE2_OK;
}

/* RFC 4303 2.4: padding is 1, 2, 3, ... */
static void write_padded(uint8_t *at, size_t len, const struct esp_payload *payload)
{
    size_t pad = len - ESP_TRAILER - payload->octets.len;

    if (payload->octets.len != 0)
        memcpy(at, payload->octets.ptr, payload->octets.len);
    at += payload->octets.len;
    for (size_t i = 0; i < pad; i++)
        *at++ = (uint8_t)(i + 1);
    at[0] = (uint8_t)pad;
    at[1] = payload->next_header;
}

/* What the provider is told of the packet at `packet`; `len` octets of it are encrypted. */
static ike2_seal_args seal_args(const struct esp *e, uint8_t *packet, size_t len, ike2_bytes aad)
{
    uint8_t *iv = packet + ESP_HEADER;

    return (ike2_seal_args){
        .encr = e->encr,
        .integ = e->integ,
        .encr_key = e->encr_key,
        .integ_key = e->integ_key,
        .iv = { .ptr = iv, .len = e->iv_len },
        .aad = aad,
        .data = iv + e->iv_len,
        .len = len,
        .icv = iv + e->iv_len + len,
        .icv_len = e->icv_len,
    };
}

ike2_err esp_seal(const struct esp *e, uint64_t sequence, const struct esp_payload *payload,
                  ike2_buffer *out)
{
    size_t len = padded_len(e, payload->octets.len);
    size_t total = esp_sealed_len(e, payload->octets.len);
    uint8_t aad[AAD_MAX];
    ike2_bytes covered = { .ptr = aad, .len = write_aad(e, sequence, aad) };
    ike2_seal_args args;
    ike2_err err;

    if (total > out->cap) {
        out->len = total;
        return IKE2_ERR_SPACE;
    }
    put_u32(out->ptr, e->spi);
    put_u32(out->ptr + 4, (uint32_t)sequence);
    err = write_iv(e, sequence, out->ptr + ESP_HEADER);
    if (err != IKE2_OK)
        return err;
    args = seal_args(e, out->ptr, len, covered);
    write_padded(args.data, len, payload);
    err = e->crypto->seal(e->crypto->user, &args);
    if (err == IKE2_OK)
        out->len = total;
    return err;
}

bool esp_peek(ike2_bytes packet, uint32_t *spi, uint32_t *sequence)
{
    if (packet.len < ESP_HEADER)
        return false;
    *spi = get_u32(packet.ptr);
    *sequence = get_u32(packet.ptr + 4);
    return true;
}

ike2_err esp_open(const struct esp *e, uint64_t sequence, uint8_t *packet, size_t len,
                  ike2_bytes *plain)
{
    uint8_t aad[AAD_MAX];
    ike2_bytes covered = { .ptr = aad, .len = write_aad(e, sequence, aad) };
    ike2_seal_args args;
    ike2_err err;

    if (len < overhead(e) + e->align || (len - overhead(e)) % e->align != 0)
        return IKE2_ERR_MALFORMED;
    args = seal_args(e, packet, len - overhead(e), covered);
    err = e->crypto->open(e->crypto->user, &args);
    if (err == IKE2_OK)
        *plain = (ike2_bytes){ .ptr = args.data, .len = args.len };
    return err;
}

bool esp_unpad(ike2_bytes plain, struct esp_payload *out)
{
    size_t rest, pad;

    if (plain.len < ESP_TRAILER)
        return false;
    rest = plain.len - ESP_TRAILER;
    pad = plain.ptr[rest];
    if (pad > rest)
        return false;
    rest -= pad;
    for (size_t i = 0; i < pad; i++) {
        if (plain.ptr[rest + i] != i + 1)
            return false;
    }
    *out = (struct esp_payload){
        .next_header = plain.ptr[plain.len - 1],
        .octets = { .ptr = plain.ptr, .len = rest },
    };
    return true;
}
