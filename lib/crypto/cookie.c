/* crypto/cookie.c - stateless cookies. RFC 7296 2.6.
 *
 * Implementation notes. The address's length closes the input, because a nonce has no fixed length:
 * without it the octets of an IPv6 address, and those of a longer nonce before an IPv4 address,
 * could be the same, and a cookie of the one would fit the other. A cookie lives for one to two
 * rotation periods, also while nobody asks for new ones. */
#include "crypto/cookie.h"

#include <ike2/iana.h>

#include "base/addr.h"
#include "base/bytes.h"
#include "base/secret.h"
#include "base/writer.h"

enum { SECRET_OCTETS = 32, SPI_OCTETS = 8, ADDRESS_LEN_OCTETS = 1 };
enum { VERSION_OCTETS = 1, MAC_OCTETS = COOKIE_OCTETS - VERSION_OCTETS };

static ike2_err secret_make(const ike2_crypto *c, ike2_key **out)
{
    uint8_t octets[SECRET_OCTETS];
    ike2_err err = c->random(c->user, octets, sizeof octets);

    if (err == IKE2_OK)
        err = c->key_import(c->user, IKE2_USE_PRF, bytes_of(octets, sizeof octets), out);
    ike2_secret_wipe(octets, sizeof octets);
    return err;
}

static void secret_replace(struct cookie_jar *jar, uint8_t version, ike2_key *secret)
{
    jar->crypto->key_free(jar->crypto->user, jar->secret[version & 1]);
    jar->secret[version & 1] = secret;
}

ike2_err ike2_cookie_init(struct cookie_jar *jar, const ike2_crypto *c, ike2_time now)
{
    ike2_key *secret = NULL;
    ike2_err err = secret_make(c, &secret);

    if (err != IKE2_OK)
        return err;
    *jar = (struct cookie_jar){ .crypto = c, .secret = { secret, NULL }, .rotated_at = now };
    return IKE2_OK;
}

void ike2_cookie_clear(struct cookie_jar *jar)
{
    if (jar->crypto == NULL)
        return;
    secret_replace(jar, 0, NULL);
    secret_replace(jar, 1, NULL);
    *jar = (struct cookie_jar){ 0 };
}

/* Time since the last rotation, in whole periods. */
static uint64_t periods_since(const struct cookie_jar *jar, ike2_time now)
{
    return now < jar->rotated_at ? 0 : (now - jar->rotated_at) / COOKIE_ROTATE_MS;
}

static void rotate_if_due(struct cookie_jar *jar, ike2_time now)
{
    uint64_t periods = periods_since(jar, now);
    ike2_key *secret = NULL;

    if (periods == 0)
        return;
    /* A provider that failed is asked again a period later, not for every datagram. */
    jar->rotated_at = now;
    if (secret_make(jar->crypto, &secret) != IKE2_OK)
        return;
    jar->version++;
    secret_replace(jar, jar->version, secret);
    /* After a pause the previous secret is too old to be of use. */
    if (periods > 1)
        secret_replace(jar, (uint8_t)(jar->version - 1), NULL);
}

/* RFC 7296 2.6: prf(secret, Ni | IPi | SPIi), and the length of IPi. */
static ike2_err cookie_mac(const struct cookie_jar *jar, uint8_t version,
                           const struct cookie_source *src, uint8_t out[MAC_OCTETS])
{
    uint8_t tail[SPI_OCTETS + ADDRESS_LEN_OCTETS];
    const ike2_input key[] = { { .key = jar->secret[version & 1] } };
    const ike2_input data[] = {
        { .octets = src->nonce },
        { .octets = ike2_addr_ip(src->from) },
        { .octets = bytes_of(tail, sizeof tail) },
    };
    const ike2_prf_args args = {
        .prf = { .type = IKE2_TRANSFORM_PRF, .id = IKE2_PRF_HMAC_SHA2_256 },
        .key = key,
        .n_key = 1,
        .data = data,
        .n_data = 3,
    };
    ike2_buffer mac = { .ptr = out, .cap = MAC_OCTETS };
    ike2_writer w = writer_of(tail, sizeof tail);
    ike2_err err;

    write_uint(&w, src->spi_i, SPI_OCTETS);
    write_uint(&w, ike2_addr_ip_len(src->from), ADDRESS_LEN_OCTETS);
    err = jar->crypto->prf(jar->crypto->user, &args, &mac);
    return err == IKE2_OK && mac.len != MAC_OCTETS ? IKE2_ERR_CRYPTO : err;
}

ike2_err ike2_cookie_make(struct cookie_jar *jar, ike2_time now, const struct cookie_source *src,
                          uint8_t out[COOKIE_OCTETS])
{
    uint8_t mac[MAC_OCTETS];
    ike2_err err;

    if (ike2_addr_ip_len(src->from) == 0)
        return IKE2_ERR_ARGUMENT;
    rotate_if_due(jar, now);
    err = cookie_mac(jar, jar->version, src, mac);
    if (err != IKE2_OK)
        return err;

    out[0] = jar->version;
    memcpy(out + VERSION_OCTETS, mac, MAC_OCTETS);
    return IKE2_OK;
}

/* Is there a secret of this version, and is it young enough? */
static bool version_is_valid(const struct cookie_jar *jar, ike2_time now, uint8_t version)
{
    uint64_t periods = periods_since(jar, now);

    if (jar->secret[version & 1] == NULL)
        return false;
    if (version == jar->version)
        return periods < 2;
    return version == (uint8_t)(jar->version - 1) && periods < 1;
}

bool ike2_cookie_check(struct cookie_jar *jar, ike2_time now, const struct cookie_source *src,
                       ike2_bytes cookie)
{
    uint8_t mac[MAC_OCTETS];
    bool is_right;

    if (cookie.len != COOKIE_OCTETS || ike2_addr_ip_len(src->from) == 0)
        return false;
    if (!version_is_valid(jar, now, cookie.ptr[0]))
        return false;
    if (cookie_mac(jar, cookie.ptr[0], src, mac) != IKE2_OK)
        return false;
    is_right = bytes_equal_ct(bytes_of(mac, sizeof mac),
                              bytes_of(cookie.ptr + VERSION_OCTETS, MAC_OCTETS));
    ike2_secret_wipe(mac, sizeof mac);
    return is_right;
}
