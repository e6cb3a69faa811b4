/* policy/offer.c - our proposals as they can be used. RFC 7296 2.7, 3.3. */
#include "policy/offer.h"

#include <ike2/iana.h>

#include "policy/registry.h"

static const ike2_transform ke_none = { .type = IKE2_TRANSFORM_KE, .id = IKE2_KE_NONE };
static const ike2_transform esn_no = { .type = IKE2_TRANSFORM_ESN, .id = IKE2_ESN_NO };

const uint8_t ike2_offer_types[] = {
    IKE2_TRANSFORM_ENCR, IKE2_TRANSFORM_INTEG, IKE2_TRANSFORM_PRF,
    IKE2_TRANSFORM_KE,   IKE2_TRANSFORM_ESN,   0,
};

const ike2_transform *ike2_offer_at(const struct offer *o, unsigned bit)
{
    if (bit == OFFER_KE_NONE)
        return &ke_none;
    if (bit == OFFER_ESN_NO)
        return &esn_no;
    return &o->transforms[bit];
}

static uint64_t bit_mask(unsigned bit)
{
    return UINT64_C(1) << bit;
}

unsigned ike2_offer_next(uint64_t mask, unsigned from)
{
    while (from < 64 && (mask & bit_mask(from)) == 0)
        from++;
    return from;
}

uint64_t ike2_offer_of_type(const struct offer *o, uint8_t type)
{
    uint64_t mask = 0;

    for (unsigned i = ike2_offer_next(o->usable, 0); i < 64; i = ike2_offer_next(o->usable, i + 1))
        if (ike2_offer_at(o, i)->type == type)
            mask |= bit_mask(i);
    return mask;
}

bool ike2_transform_equal(const ike2_transform *a, const ike2_transform *b)
{
    return a->type == b->type && a->id == b->id && a->key_bits == b->key_bits;
}

uint64_t ike2_offer_find(const struct offer *o, const ike2_transform *t)
{
    uint64_t mask = 0;

    for (unsigned i = ike2_offer_next(o->usable, 0); i < 64; i = ike2_offer_next(o->usable, i + 1))
        if (ike2_transform_equal(ike2_offer_at(o, i), t))
            mask |= bit_mask(i);
    return mask;
}

bool ike2_offer_has_type(const struct select_args *args, uint8_t type)
{
    bool is_ike = args->protocol == IKE2_PROTOCOL_IKE;

    switch (type) {
    case IKE2_TRANSFORM_ENCR:
    case IKE2_TRANSFORM_INTEG:
        return true;
    case IKE2_TRANSFORM_PRF:
        return is_ike;
    case IKE2_TRANSFORM_ESN:
        return !is_ike;
    case IKE2_TRANSFORM_KE:
        return is_ike || !args->without_ke;
    }
    return false;
}

/* --- Reading the configuration ------------------------------------------------ */

/* NONE needs no provider. As an integrity algorithm it is never used, and an IKE SA has no use for
 * it as a key exchange either. */
static bool none_is_usable(const struct select_args *args, const ike2_transform *t)
{
    return t->type == IKE2_TRANSFORM_KE && args->protocol != IKE2_PROTOCOL_IKE;
}

/* RFC 7296 5, RFC 4543 5, RFC 8750 7: what hides nothing or carries no IV is not for an IKE SA. */
static bool cipher_is_for(uint8_t protocol, const ike2_transform *t)
{
    const struct algorithm *a = ike2_registry_find(t);

    return a == NULL || ike2_registry_allows(a, protocol);
}

static bool transform_is_usable(const struct select_args *args, const ike2_transform *t,
                                bool *is_aead)
{
    ike2_transform_info info = IKE2_INIT(ike2_transform_info);
    bool has_none = t->type == IKE2_TRANSFORM_INTEG || t->type == IKE2_TRANSFORM_KE;

    *is_aead = false;
    if (!ike2_offer_has_type(args, t->type))
        return false;
    if (t->type == IKE2_TRANSFORM_ESN)
        return t->id == IKE2_ESN_NO || t->id == IKE2_ESN_YES;
    if (has_none && t->id == 0)
        return none_is_usable(args, t);
    if (t->type == IKE2_TRANSFORM_ENCR && !cipher_is_for(args->protocol, t))
        return false;
    if (args->crypto->describe(args->crypto->user, t, &info) != IKE2_OK)
        return false;
    *is_aead = t->type == IKE2_TRANSFORM_ENCR && info.aead;
    return true;
}

/* `usable` of one proposal, and which of it are combined mode ciphers. */
static struct offer proposal_read(const struct select_args *args, const ike2_proposal *p,
                                  uint64_t *aead)
{
    struct offer o = { .transforms = p->transforms };
    bool is_aead;

    *aead = 0;
    for (unsigned i = 0; i < p->n_transforms && i < OFFER_TRANSFORMS_MAX; i++) {
        if (!transform_is_usable(args, &p->transforms[i], &is_aead))
            continue;
        o.usable |= bit_mask(i);
        if (is_aead)
            *aead |= bit_mask(i);
    }
    if (ike2_offer_has_type(args, IKE2_TRANSFORM_ESN) &&
        ike2_offer_of_type(&o, IKE2_TRANSFORM_ESN) == 0)
        o.usable |= bit_mask(OFFER_ESN_NO);
    /* RFC 7296 3.3.3: omitting an optional type is the same as NONE. */
    if (args->protocol != IKE2_PROTOCOL_IKE && !args->without_ke &&
        ike2_offer_of_type(&o, IKE2_TRANSFORM_KE) == 0)
        o.usable |= bit_mask(OFFER_KE_NONE);
    return o;
}

static bool offer_needs(const struct select_args *args, const struct offer *o, uint8_t type)
{
    if (type == IKE2_TRANSFORM_INTEG && o->is_aead)
        return false;
    return ike2_offer_has_type(args, type);
}

static bool offer_is_complete(const struct select_args *args, const struct offer *o)
{
    for (const uint8_t *type = ike2_offer_types; *type != 0; type++)
        if (offer_needs(args, o, *type) && ike2_offer_of_type(o, *type) == 0)
            return false;
    return true;
}

static bool offers_equal(const struct offer *a, const struct offer *b)
{
    unsigned i = ike2_offer_next(a->usable, 0), j = ike2_offer_next(b->usable, 0);

    while (i < 64 && j < 64) {
        if (!ike2_transform_equal(ike2_offer_at(a, i), ike2_offer_at(b, j)))
            return false;
        i = ike2_offer_next(a->usable, i + 1);
        j = ike2_offer_next(b->usable, j + 1);
    }
    return i == j;
}

static void offers_add(const struct select_args *args, const struct offer *o, struct offers *out)
{
    if (!offer_is_complete(args, o))
        return;
    for (size_t i = 0; i < out->n; i++)
        if (offers_equal(&out->list[i], o))
            return;
    out->list[out->n++] = *o;
}

void ike2_offers_read(const struct select_args *args, struct offers *out)
{
    *out = (struct offers){ 0 };
    for (size_t i = 0; i < args->ours.n && i < OFFER_CONFIGURED_MAX; i++) {
        uint64_t aead;
        struct offer o = proposal_read(args, &args->ours.list[i], &aead);
        uint64_t encr = ike2_offer_of_type(&o, IKE2_TRANSFORM_ENCR);
        uint64_t integ = ike2_offer_of_type(&o, IKE2_TRANSFORM_INTEG);
        struct offer combined = o, classic = o;
        bool combined_first = (aead & bit_mask(ike2_offer_next(encr, 0) & 63)) != 0;

        /* RFC 7296 3.3: combined mode ciphers and others go into two proposals. */
        combined.usable &= ~(encr & ~aead) & ~integ;
        combined.is_aead = true;
        classic.usable &= ~aead;
        offers_add(args, combined_first ? &combined : &classic, out);
        offers_add(args, combined_first ? &classic : &combined, out);
    }
}

/* --- Meeting a peer's proposal -------------------------------------------------- */

bool ike2_match_concerns(const struct select_args *args, const ike2_proposal *p)
{
    bool is_zero = p->spi.len != 0;

    if (p->protocol != args->protocol || p->spi.len != args->spi_size)
        return false;
    for (size_t i = 0; i < p->spi.len; i++)
        is_zero = is_zero && p->spi.ptr[i] == 0;
    return !is_zero;
}

void ike2_match_read(const struct select_args *args, const struct offer *o, ike2_bytes transforms,
                     struct match *out)
{
    bool has_ke = false, has_esn = false;
    ike2_walk walk;
    ike2_transform t;

    *out = (struct match){ 0 };
    ike2_transform_walk(&walk, transforms);
    while (ike2_transform_next(&walk, &t, NULL)) {
        has_ke = has_ke || t.type == IKE2_TRANSFORM_KE;
        has_esn = has_esn || t.type == IKE2_TRANSFORM_ESN;
        /* RFC 7296 1.2: in IKE_AUTH a KE transform has no meaning, and is no offence. */
        if (!ike2_offer_has_type(args, t.type) && t.type != IKE2_TRANSFORM_KE) {
            out->is_foreign = true;
            out->foreign_type = t.type;
        }
        /* RFC 7296 3.3.6: never a transform with an attribute we do not understand. */
        if (!t.strange)
            out->both |= ike2_offer_find(o, &t);
    }
    if (!has_ke)
        out->both |= ike2_offer_find(o, &ke_none);
    /* Some peers leave ESN out, although RFC 7296 3.3.3 demands it, and mean "no". */
    if (!has_esn)
        out->both |= ike2_offer_find(o, &esn_no);
}

bool ike2_match_agrees(const struct select_args *args, const struct offer *o,
                       const struct match *m, uint8_t type)
{
    return !offer_needs(args, o, type) || (ike2_offer_of_type(o, type) & m->both) != 0;
}

bool ike2_match_fits(const struct select_args *args, const struct offer *o, const struct match *m)
{
    /* RFC 7296 3.3.6: a proposal with a transform type we do not understand is unacceptable. */
    if (m->is_foreign)
        return false;
    for (const uint8_t *type = ike2_offer_types; *type != 0; type++)
        if (!ike2_match_agrees(args, o, m, *type))
            return false;
    return true;
}
