/* crypto/auth_octets.c - the octets that AUTH covers. RFC 7296 2.15:
 * <SignedOctets> = RealMessage | Nonce of the other side | prf(SK_p, RestOfIDPayload);
 * draft-ietf-ipsecme-ikev2-downgrade-prevention: ZeroPrefix and the message of the other side come
 * in front, so that both sign both. */
#include "crypto/auth_octets.h"

#include "base/bytes.h"
#include "base/secret.h"

/* RFC 7296 2.15: 17 ASCII characters without null termination. */
static const uint8_t key_pad[17] = "Key Pad for IKEv2";

/* Where the initiator's SPI stands otherwise, which is never zero: what is signed in one way can
 * not be taken for what is signed in the other. */
static const uint8_t zero_prefix[8];

/* prf(SK_p, RestOfIDPayload), whose length comes back in `mac`. */
static ike2_err id_mac(const ike2_crypto *c, const struct auth_input *in, ike2_buffer *mac)
{
    const ike2_input key[] = { { .key = in->sk_p } };
    const ike2_input data[] = { { .octets = in->id_body } };
    const ike2_prf_args args = {
        .prf = in->prf, .key = key, .n_key = 1, .data = data, .n_data = 1,
    };

    return c->prf(c->user, &args, mac);
}

ike2_err ike2_signed_octets(const ike2_crypto *c, const struct auth_input *in,
                            struct signed_octets *out)
{
    ike2_buffer mac = { .ptr = out->mac, .cap = sizeof out->mac };
    ike2_err err = id_mac(c, in, &mac);
    size_t n = 0;

    if (err != IKE2_OK)
        return err;
    if (in->received.len != 0) {
        out->parts[n++] = bytes_of(zero_prefix, sizeof zero_prefix);
        out->parts[n++] = in->received;
    }
    out->parts[n++] = in->message;
    out->parts[n++] = in->nonce;
    out->parts[n++] = bytes_of(out->mac, mac.len);
    out->n_parts = n;
    return IKE2_OK;
}

/* prf(Shared Secret, "Key Pad for IKEv2"). */
static ike2_err padded_psk_make(const ike2_crypto *c, const ike2_transform *prf,
                                const ike2_key *psk, ike2_key **out)
{
    const ike2_input key[] = { { .key = psk } };
    const ike2_input data[] = { { .octets = bytes_of(key_pad, sizeof key_pad) } };
    const ike2_prf_args args = {
        .prf = *prf, .key = key, .n_key = 1, .data = data, .n_data = 1,
    };

    return c->prf_key(c->user, &args, out);
}

static ike2_err octets_sign(const ike2_crypto *c, const ike2_transform *prf, const ike2_key *key,
                            const struct signed_octets *octets, ike2_buffer *auth)
{
    const ike2_input keys[] = { { .key = key } };
    ike2_input data[SIGNED_PARTS_MAX] = { 0 };
    const ike2_prf_args args = {
        .prf = *prf, .key = keys, .n_key = 1, .data = data, .n_data = octets->n_parts,
    };

    for (size_t i = 0; i < octets->n_parts; i++)
        data[i].octets = octets->parts[i];
    return c->prf(c->user, &args, auth);
}

ike2_err ike2_psk_auth(const ike2_crypto *c, const struct auth_input *in, const ike2_key *psk,
                       uint8_t out[AUTH_OCTETS_MAX], size_t *len)
{
    uint8_t room[AUTH_OCTETS_MAX];
    ike2_buffer auth = { .ptr = room, .cap = sizeof room };
    struct signed_octets octets;
    ike2_key *padded = NULL;
    ike2_err err = ike2_signed_octets(c, in, &octets);

    if (err == IKE2_OK)
        err = padded_psk_make(c, &in->prf, psk, &padded);
    if (err == IKE2_OK)
        err = octets_sign(c, &in->prf, padded, &octets, &auth);
    if (err == IKE2_OK) {
        memcpy(out, room, auth.len);
        *len = auth.len;
    }
    c->key_free(c->user, padded);
    ike2_secret_wipe(octets.mac, sizeof octets.mac);
    ike2_secret_wipe(room, sizeof room);
    return err;
}
