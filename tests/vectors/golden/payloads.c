/* payloads.c - the payloads of the golden messages. RFC 7296 3.3 to 3.16. */
#include "payloads.h"

#include <string.h>

#include <ike2/iana.h>

ike2_bytes pattern(uint8_t from, size_t len)
{
    static uint8_t room[64];

    if (len > sizeof room)
        len = sizeof room;
    for (size_t i = 0; i < len; i++)
        room[i] = (uint8_t)(from + i);
    return (ike2_bytes){ .ptr = room, .len = len };
}

static unsigned digit(char c)
{
    return c <= '9' ? (unsigned)(c - '0') : (unsigned)(c - 'a') + 10;
}

ike2_bytes octets(const char *hex)
{
    static uint8_t room[64];
    size_t len = strlen(hex) / 2;

    if (len > sizeof room)
        len = sizeof room;
    for (size_t i = 0; i < len; i++)
        room[i] = (uint8_t)(digit(hex[2 * i]) << 4 | digit(hex[2 * i + 1]));
    return (ike2_bytes){ .ptr = room, .len = len };
}

void notify_add(ike2_writer *w, uint16_t type, size_t data_len)
{
    ike2_notify_write(w, &(ike2_notify){ .type = type, .data = pattern(0x10, data_len) });
}

void nonce_add(ike2_writer *w, size_t len)
{
    ike2_data_write(w, IKE2_PAYLOAD_NONCE, pattern(0xa0, len));
}

void ike_sa_add(ike2_writer *w)
{
    static const ike2_transform aead[] = {
        { .type = IKE2_TRANSFORM_ENCR, .id = IKE2_ENCR_AES_GCM_16, .key_bits = 256 },
        { .type = IKE2_TRANSFORM_PRF, .id = IKE2_PRF_HMAC_SHA2_384 },
        { .type = IKE2_TRANSFORM_KE, .id = IKE2_KE_CURVE25519 },
    };
    static const ike2_transform pair[] = {
        { .type = IKE2_TRANSFORM_ENCR, .id = IKE2_ENCR_AES_CBC, .key_bits = 128 },
        { .type = IKE2_TRANSFORM_PRF, .id = IKE2_PRF_HMAC_SHA2_256 },
        { .type = IKE2_TRANSFORM_INTEG, .id = IKE2_INTEG_HMAC_SHA2_256_128 },
        { .type = IKE2_TRANSFORM_KE, .id = IKE2_KE_ECP_256 },
    };
    const ike2_proposal proposals[] = {
        { .protocol = IKE2_PROTOCOL_IKE, .transforms = aead, .n_transforms = 3 },
        { .protocol = IKE2_PROTOCOL_IKE, .transforms = pair, .n_transforms = 4 },
    };

    ike2_sa_write(w, proposals, 2);
}

void esp_sa_add(ike2_writer *w)
{
    static const ike2_transform transforms[] = {
        { .type = IKE2_TRANSFORM_ENCR, .id = IKE2_ENCR_AES_GCM_16, .key_bits = 128 },
        { .type = IKE2_TRANSFORM_ESN, .id = IKE2_ESN_NO },
    };
    const ike2_proposal proposal = {
        .protocol = IKE2_PROTOCOL_ESP,
        .spi = pattern(0xc0, 4),
        .transforms = transforms,
        .n_transforms = 2,
    };

    ike2_sa_write(w, &proposal, 1);
}

void ke_add(ike2_writer *w)
{
    ike2_ke_write(w, &(ike2_ke_payload){ .method = IKE2_KE_CURVE25519, .data = pattern(0x40, 32) });
}

void id_add(ike2_writer *w, uint8_t type, const char *fqdn)
{
    const ike2_id id = {
        .type = IKE2_ID_FQDN,
        .data = { .ptr = (const uint8_t *)fqdn, .len = strlen(fqdn) },
    };

    ike2_id_write(w, type, &id);
}

void auth_add(ike2_writer *w)
{
    const ike2_auth_payload auth = {
        .method = IKE2_AUTH_METHOD_SHARED_KEY,
        .data = pattern(0x60, 32),
    };

    ike2_auth_write(w, &auth);
}

static void ts_add(ike2_writer *w, uint8_t type, uint8_t ts_type)
{
    ike2_ts ts = { .type = ts_type, .port_last = UINT16_MAX };

    ts.first[0] = 10;
    ts.last[0] = 10;
    ts.last[1] = 255;
    ike2_ts_write(w, type, &ts, 1);
}

void ts_v4_add(ike2_writer *w, uint8_t type)
{
    ts_add(w, type, IKE2_TS_IPV4_ADDR_RANGE);
}

void ts_v6_add(ike2_writer *w, uint8_t type)
{
    ts_add(w, type, IKE2_TS_IPV6_ADDR_RANGE);
}

void cfg_request_add(ike2_writer *w)
{
    static const ike2_cfg_attr attrs[] = {
        { .type = IKE2_CFG_INTERNAL_IP4_ADDRESS },
        { .type = IKE2_CFG_INTERNAL_IP4_DNS },
    };

    ike2_cfg_write(w, IKE2_CP_REQUEST, attrs, 2);
}

void certreq_add(ike2_writer *w)
{
    const ike2_cert cert = { .encoding = IKE2_CERT_X509_SIGNATURE, .data = pattern(0x20, 20) };

    ike2_cert_write(w, IKE2_PAYLOAD_CERTREQ, &cert);
}

void delete_esp_add(ike2_writer *w, uint16_t count)
{
    const ike2_delete deletes = {
        .protocol = IKE2_PROTOCOL_ESP,
        .spi_size = 4,
        .count = count,
        .spis = pattern(0xd0, 4u * count),
    };

    ike2_delete_write(w, &deletes);
}

void eap_add(ike2_writer *w)
{
    const ike2_eap identity = { .code = IKE2_EAP_REQUEST, .identifier = 7, .data = pattern(1, 1) };

    ike2_eap_write(w, &identity);
}
