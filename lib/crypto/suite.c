/* crypto/suite.c - negotiated algorithms as one value. RFC 7296 3.3.2, 3.3.3; RFC 5282 8. */
#include "crypto/suite.h"

#include <ike2/iana.h>

/* What a counter makes: protect.c writes such an IV as 64 bits. */
enum { IV_COUNTER_OCTETS = 8 };

/* What the provider says of the members that take part. */
struct suite_infos {
    ike2_transform_info encr, integ, prf;
};

bool ike2_suite_put(ike2_suite *s, const ike2_transform *t)
{
    switch (t->type) {
    case IKE2_TRANSFORM_ENCR:
        s->encr = *t;
        return true;
    case IKE2_TRANSFORM_PRF:
        s->prf = *t;
        return true;
    case IKE2_TRANSFORM_INTEG:
        s->integ = *t;
        return true;
    case IKE2_TRANSFORM_KE:
        s->ke = *t;
        return true;
    case IKE2_TRANSFORM_ESN:
        s->esn = *t;
        return true;
    }
    if (t->type < IKE2_TRANSFORM_ADDKE1 || t->type > IKE2_TRANSFORM_ADDKE7)
        return false;
    s->addke[t->type - IKE2_TRANSFORM_ADDKE1] = *t;
    return true;
}

static ike2_err describe(const ike2_crypto *c, const ike2_transform *t, uint8_t type,
                         ike2_transform_info *out)
{
    if (t->type != type)
        return IKE2_ERR_UNSUPPORTED;
    return c->describe(c->user, t, out);
}

static bool has_integ(const ike2_suite *s)
{
    return s->integ.type != 0 && s->integ.id != IKE2_INTEG_NONE;
}

static ike2_err describe_members(const ike2_crypto *c, const ike2_suite *s, bool child,
                                 struct suite_infos *infos)
{
    ike2_err err = describe(c, &s->encr, IKE2_TRANSFORM_ENCR, &infos->encr);

    if (err != IKE2_OK)
        return err;
    /* RFC 5282 8: a combined mode cipher comes without an integrity algorithm, or with NONE. Any
     * other cipher needs one. */
    if (infos->encr.aead == has_integ(s))
        return IKE2_ERR_UNSUPPORTED;
    if (!infos->encr.aead)
        err = describe(c, &s->integ, IKE2_TRANSFORM_INTEG, &infos->integ);
    if (err == IKE2_OK && !child)
        err = describe(c, &s->prf, IKE2_TRANSFORM_PRF, &infos->prf);
    return err;
}

/* Integrity without a key or a checksum would protect nothing. */
static bool authenticates(const struct suite_infos *infos)
{
    if (infos->encr.aead)
        return infos->encr.key_len != 0 && infos->encr.icv_len != 0;
    return infos->integ.key_len != 0 && infos->integ.icv_len != 0;
}

/* RFC 7296 5, RFC 4543 3: these leave all readable, and are for ESP only. */
static bool encrypts(const ike2_transform *encr)
{
    return encr->id != IKE2_ENCR_NULL && encr->id != IKE2_ENCR_NULL_AUTH_AES_GMAC;
}

/* Lengths must fit the SK framing. */
static bool protects_ike(const ike2_suite *s, const struct suite_infos *infos, size_t icv_len)
{
    const ike2_transform_info *e = &infos->encr;

    if (!encrypts(&s->encr) || e->key_len == 0 || infos->prf.key_len == 0)
        return false;
    if (e->iv_random ? e->iv_len == 0 : e->iv_len != IV_COUNTER_OCTETS)
        return false;
    return e->iv_len <= UINT8_MAX && icv_len <= UINT8_MAX && e->block_len <= UINT8_MAX;
}

ike2_err ike2_suite_sizes(const ike2_crypto *c, const ike2_suite *s, bool child,
                          struct suite_sizes *out)
{
    struct suite_infos infos = {
        .encr = IKE2_INIT(ike2_transform_info),
        .integ = IKE2_INIT(ike2_transform_info),
        .prf = IKE2_INIT(ike2_transform_info),
    };
    ike2_err err = describe_members(c, s, child, &infos);
    size_t icv_len;

    if (err != IKE2_OK)
        return err;
    icv_len = infos.encr.aead ? infos.encr.icv_len : infos.integ.icv_len;
    if (!authenticates(&infos) || (!child && !protects_ike(s, &infos, icv_len)))
        return IKE2_ERR_UNSUPPORTED;

    *out = (struct suite_sizes){
        .encr_key = (size_t)infos.encr.key_len + infos.encr.salt_len,
        .integ_key = infos.integ.key_len,
        .prf_key = infos.prf.key_len,
        .iv_random = infos.encr.iv_random,
    };
    if (!child) {
        out->sk.iv_len = (uint8_t)infos.encr.iv_len;
        out->sk.icv_len = (uint8_t)icv_len;
        out->sk.block_len = (uint8_t)infos.encr.block_len;
    }
    return IKE2_OK;
}
