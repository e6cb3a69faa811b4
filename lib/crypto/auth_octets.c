/* crypto/auth_octets.c - the octets that AUTH covers. RFC 7296 2.15:
 * <SignedOctets> = RealMessage | Nonce of the other side | prf(SK_p, RestOfIDPayload). */
#include "crypto/auth_octets.h"

#include "base/bytes.h"
#include "base/secret.h"

/* RFC 7296 2.15: 17 ASCII characters without null termination. */
static const uint8_t key_pad[17] = "Key Pad for IKEv2";

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

static ike2_err octets_sign(const ike2_crypto *c, const struct auth_input *in, const ike2_key *key,
                            ike2_bytes mac, ike2_buffer *auth)
{
    const ike2_input keys[] = { { .key = key } };
    const ike2_input signed_octets[] = {
        { .octets = in->message }, { .octets = in->nonce }, { .octets = mac },
    };
    const ike2_prf_args args = {
        .prf = in->prf, .key = keys, .n_key = 1, .data = signed_octets, .n_data = 3,
    };

    return c->prf(c->user, &args, auth);
}

ike2_err ike2_auth_id_mac(const ike2_crypto *c, const struct auth_input *in,
                          uint8_t out[AUTH_OCTETS_MAX], size_t *len)
{
    uint8_t room[AUTH_OCTETS_MAX];
    ike2_buffer mac = { .ptr = room, .cap = sizeof room };
    ike2_err err = id_mac(c, in, &mac);

    if (err != IKE2_OK)
        return err;
    memcpy(out, room, mac.len);
    *len = mac.len;
    return IKE2_OK;
}

ike2_err ike2_psk_auth(const ike2_crypto *c, const struct auth_input *in, const ike2_key *psk,
                       uint8_t out[AUTH_OCTETS_MAX], size_t *len)
{
    uint8_t mac_room[AUTH_OCTETS_MAX], auth_room[AUTH_OCTETS_MAX];
    ike2_buffer mac = { .ptr = mac_room, .cap = sizeof mac_room };
    ike2_buffer auth = { .ptr = auth_room, .cap = sizeof auth_room };
    ike2_key *padded = NULL;
    ike2_err err = id_mac(c, in, &mac);

    if (err == IKE2_OK)
        err = padded_psk_make(c, &in->prf, psk, &padded);
    if (err == IKE2_OK)
        err = octets_sign(c, in, padded, bytes_of(mac_room, mac.len), &auth);
    if (err == IKE2_OK) {
        memcpy(out, auth_room, auth.len);
        *len = auth.len;
    }
    c->key_free(c->user, padded);
    ike2_secret_wipe(mac_room, sizeof mac_room);
    ike2_secret_wipe(auth_room, sizeof auth_room);
    return err;
}
