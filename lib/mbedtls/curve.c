/* mbedtls/curve.c - key exchange on elliptic curves: ECP groups (RFC 5903), Brainpool (RFC 6954),
 * Curve25519 (RFC 8031, RFC 7748). Scalars are drawn octet by octet from the call's randomness, so
 * that a scripted source gives the same public values with every mbedTLS. */
#include <string.h>

#include <mbedtls/ecp.h>
#include <mbedtls/platform_util.h>

#include "base/bytes.h"
#include "mbedtls/internal.h"

struct curve {
    uint16_t method; /* IKE2_KE_* */
    mbedtls_ecp_group_id group;
    uint8_t coordinate_len;
    uint8_t first_mask; /* of a scalar's first octet */
};

static const struct curve curves[] = {
    { IKE2_KE_ECP_256, MBEDTLS_ECP_DP_SECP256R1, .coordinate_len = 32, .first_mask = 0xff },
    { IKE2_KE_ECP_384, MBEDTLS_ECP_DP_SECP384R1, .coordinate_len = 48, .first_mask = 0xff },
    { IKE2_KE_ECP_521, MBEDTLS_ECP_DP_SECP521R1, .coordinate_len = 66, .first_mask = 0x01 },
    { IKE2_KE_BRAINPOOL_P256R1, MBEDTLS_ECP_DP_BP256R1, .coordinate_len = 32, .first_mask = 0xff },
    { IKE2_KE_BRAINPOOL_P384R1, MBEDTLS_ECP_DP_BP384R1, .coordinate_len = 48, .first_mask = 0xff },
    { IKE2_KE_BRAINPOOL_P512R1, MBEDTLS_ECP_DP_BP512R1, .coordinate_len = 64, .first_mask = 0xff },
    { IKE2_KE_CURVE25519, MBEDTLS_ECP_DP_CURVE25519, .coordinate_len = 32, .first_mask = 0xff },
};

enum { UNCOMPRESSED = 4, POINT_MAX = 1 + CURVE_PUBLIC_MAX };

static const struct curve *curve_of(uint16_t method)
{
    for (size_t i = 0; i < sizeof curves / sizeof curves[0]; i++) {
        if (curves[i].method == method &&
            mbedtls_ecp_curve_info_from_grp_id(curves[i].group) != NULL)
            return &curves[i];
    }
    return NULL;
}

static bool is_montgomery(const struct curve *c)
{
    return c->group == MBEDTLS_ECP_DP_CURVE25519;
}

static size_t public_len(const struct curve *c)
{
    return is_montgomery(c) ? c->coordinate_len : 2u * c->coordinate_len;
}

bool ike2_mbed_curve_sizes(uint16_t method, struct curve_sizes *out)
{
    const struct curve *c = curve_of(method);

    if (c == NULL)
        return false;
    *out = (struct curve_sizes){
        .scalar = c->coordinate_len,
        .pub = public_len(c),
        .secret = c->coordinate_len,
    };
    return true;
}

/* What one operation works with. */
struct work {
    const struct curve *curve;
    mbedtls_ecp_group group;
    mbedtls_mpi scalar;
    mbedtls_ecp_point in, out;
};

static int work_begin(struct work *w, const struct curve *c)
{
    w->curve = c;
    mbedtls_ecp_group_init(&w->group);
    mbedtls_mpi_init(&w->scalar);
    mbedtls_ecp_point_init(&w->in);
    mbedtls_ecp_point_init(&w->out);
    return mbedtls_ecp_group_load(&w->group, c->group);
}

static void work_end(struct work *w)
{
    mbedtls_ecp_group_free(&w->group);
    mbedtls_mpi_free(&w->scalar);
    mbedtls_ecp_point_free(&w->in);
    mbedtls_ecp_point_free(&w->out);
}

static int scalar_read(struct work *w, const uint8_t *octets)
{
    uint8_t k[CURVE_SCALAR_MAX];
    size_t len = w->curve->coordinate_len;
    int ret;

    memcpy(k, octets, len);
    if (is_montgomery(w->curve)) {
        /* RFC 7748 5: decodeScalar25519. */
        k[0] &= 248;
        k[31] = (uint8_t)((k[31] & 127) | 64);
        ret = mbedtls_mpi_read_binary_le(&w->scalar, k, len);
    } else {
        k[0] &= w->curve->first_mask;
        ret = mbedtls_mpi_read_binary(&w->scalar, k, len);
    }
    mbedtls_platform_zeroize(k, sizeof k);
    return ret != 0 ? ret : mbedtls_ecp_check_privkey(&w->group, &w->scalar);
}

/* A scalar that is out of range is drawn again: nearly never, if the source is random. */
static int scalar_draw(struct work *w, struct rng *rng, uint8_t *octets)
{
    int ret = MBEDTLS_ERR_ECP_INVALID_KEY;

    for (int i = 0; i < 64 && ret == MBEDTLS_ERR_ECP_INVALID_KEY; i++) {
        ret = ike2_mbed_rng_fill(rng, octets, w->curve->coordinate_len);
        if (ret == 0)
            ret = scalar_read(w, octets);
    }
    return ret;
}

/* RFC 5903 7, RFC 6954 2.3: x | y without the octet of the point format; RFC 8031 3.1: u. */
static int point_write(struct work *w, uint8_t octets[POINT_MAX], ike2_bytes *out)
{
    size_t len = 0;
    int ret = mbedtls_ecp_point_write_binary(&w->group, &w->out, MBEDTLS_ECP_PF_UNCOMPRESSED, &len,
                                             octets, POINT_MAX);

    *out = is_montgomery(w->curve) ? bytes_of(octets, len) : bytes_of(octets + 1, len - 1);
    if (ret == 0 && out->len != public_len(w->curve))
        ret = MBEDTLS_ERR_ECP_BAD_INPUT_DATA; /* the point at infinity */
    return ret;
}

static int point_read(struct work *w, ike2_bytes pub)
{
    uint8_t octets[POINT_MAX] = { UNCOMPRESSED };
    int ret;

    /* RFC 8031 3.2: mbedTLS masks the topmost bit, and takes values that are not canonical. */
    if (is_montgomery(w->curve))
        return mbedtls_ecp_point_read_binary(&w->group, &w->in, pub.ptr, pub.len);
    memcpy(octets + 1, pub.ptr, pub.len);
    ret = mbedtls_ecp_point_read_binary(&w->group, &w->in, octets, pub.len + 1);
    /* RFC 6989 2.3: coordinates below p, and the point on the curve. */
    return ret != 0 ? ret : mbedtls_ecp_check_pubkey(&w->group, &w->in);
}

ike2_err ike2_mbed_curve_make(uint16_t method, struct rng *rng, uint8_t *scalar, uint8_t *pub)
{
    const struct curve *c = curve_of(method);
    uint8_t octets[POINT_MAX];
    ike2_bytes value;
    struct work w;
    int ret;

    if (c == NULL)
        return IKE2_ERR_UNSUPPORTED;
    ret = work_begin(&w, c);
    if (ret == 0)
        ret = scalar_draw(&w, rng, scalar);
    if (ret == 0)
        ret = mbedtls_ecp_mul(&w.group, &w.out, &w.scalar, &w.group.G, ike2_mbed_rng_fill, rng);
    if (ret == 0)
        ret = point_write(&w, octets, &value);
    if (ret == 0)
        memcpy(pub, value.ptr, value.len);
    work_end(&w);
    return ike2_mbed_err(ret);
}

/* RFC 7748 6.1: a secret of zeros comes from a value of small order. */
static bool is_all_zero(ike2_bytes b)
{
    static const uint8_t zeros[CURVE_SCALAR_MAX];

    return bytes_equal_ct(b, bytes_of(zeros, b.len));
}

/* The peer's value is to blame, not the provider. */
static ike2_err peer_err(int ret)
{
    return ret == MBEDTLS_ERR_ECP_INVALID_KEY || ret == MBEDTLS_ERR_ECP_BAD_INPUT_DATA ||
                   ret == MBEDTLS_ERR_ECP_FEATURE_UNAVAILABLE
               ? IKE2_ERR_MALFORMED
               : ike2_mbed_err(ret);
}

ike2_err ike2_mbed_curve_shared(uint16_t method, struct rng *rng, const uint8_t *scalar,
                                ike2_bytes peer_pub, uint8_t *secret)
{
    const struct curve *c = curve_of(method);
    uint8_t octets[POINT_MAX];
    ike2_bytes value;
    struct work w;
    int ret;

    if (c == NULL)
        return IKE2_ERR_UNSUPPORTED;
    if (peer_pub.len != public_len(c))
        return IKE2_ERR_MALFORMED;
    ret = work_begin(&w, c);
    if (ret == 0)
        ret = scalar_read(&w, scalar);
    if (ret == 0)
        ret = point_read(&w, peer_pub);
    if (ret == 0)
        ret = mbedtls_ecp_mul(&w.group, &w.out, &w.scalar, &w.in, ike2_mbed_rng_fill, rng);
    if (ret == 0)
        ret = point_write(&w, octets, &value);
    if (ret == 0 && is_montgomery(c) && is_all_zero(value))
        ret = MBEDTLS_ERR_ECP_INVALID_KEY;
    /* RFC 5903 7: the shared secret is x alone. */
    if (ret == 0)
        memcpy(secret, value.ptr, c->coordinate_len);
    mbedtls_platform_zeroize(octets, sizeof octets);
    work_end(&w);
    return peer_err(ret);
}
