/* policy/explain.c - why nothing was chosen, in words. RFC 7296 2.7, 3.3.6. */
#include <ike2/iana.h>

#include "base/bytes.h"
#include "base/text.h"
#include "policy/keyword.h"
#include "policy/search.h"

/* How far one of the peer's proposals gets with one of ours. */
enum { RANK_NONE = 0, RANK_PROTOCOL = 1, RANK_SPI = 2, RANK_TYPES = 4 };

/* No transform type: those are octets. */
enum { ALL_TYPES = 256 };

/* The pair that gets furthest; of equals the first. */
struct nearest {
    int rank; /* RANK_TYPES + the number of types that agree, less what cannot count */
    struct offer offer;
    ike2_proposal proposal;
    ike2_bytes transforms;
};

static const char *type_name(uint8_t type)
{
    switch (type) {
    case IKE2_TRANSFORM_ENCR:
        return "encryption";
    case IKE2_TRANSFORM_PRF:
        return "pseudorandom function";
    case IKE2_TRANSFORM_INTEG:
        return "integrity";
    case IKE2_TRANSFORM_KE:
        return "key exchange";
    case IKE2_TRANSFORM_ESN:
        return "extended sequence numbers";
    }
    return "transform type";
}

static void add_protocol(struct text *t, uint8_t protocol)
{
    switch (protocol) {
    case IKE2_PROTOCOL_IKE:
        ike2_text_add(t, "IKE");
        return;
    case IKE2_PROTOCOL_AH:
        ike2_text_add(t, "AH");
        return;
    case IKE2_PROTOCOL_ESP:
        ike2_text_add(t, "ESP");
        return;
    }
    ike2_text_uint(t, protocol);
}

/* --- The two lists -------------------------------------------------------------- */

/* Transforms of `type` (or ALL_TYPES), joined by `joint`; "none" for an empty list. */
static void add_offered(struct text *t, ike2_bytes transforms, unsigned type, const char *joint)
{
    bool is_first = true;
    ike2_walk walk;
    ike2_transform transform;

    ike2_transform_walk(&walk, transforms);
    while (ike2_transform_next(&walk, &transform, NULL)) {
        if (type != ALL_TYPES && transform.type != type)
            continue;
        ike2_text_add(t, is_first ? "" : joint);
        ike2_keyword_add(t, &transform);
        is_first = false;
    }
    if (is_first)
        ike2_text_add(t, "none");
}

static void add_accepted(struct text *t, const struct offer *o, unsigned type, const char *joint)
{
    uint64_t mask = type != ALL_TYPES ? ike2_offer_of_type(o, (uint8_t)type) : o->usable;
    bool is_first = true;

    mask &= ~(UINT64_C(1) << OFFER_KE_NONE);
    for (unsigned i = ike2_offer_next(mask, 0); i < 64; i = ike2_offer_next(mask, i + 1)) {
        ike2_text_add(t, is_first ? "" : joint);
        ike2_keyword_add(t, ike2_offer_at(o, i));
        is_first = false;
    }
    if (is_first)
        ike2_text_add(t, "none");
}

static void explain_offered(ike2_bytes sa_body, struct refusal *out)
{
    struct text t = text_of(out->offered, sizeof out->offered);
    ike2_walk walk;
    ike2_proposal p;
    ike2_bytes transforms;

    ike2_proposal_walk(&walk, sa_body);
    while (ike2_proposal_next(&walk, &p, &transforms)) {
        ike2_text_add(&t, t.len == 0 ? "" : ", ");
        add_offered(&t, transforms, ALL_TYPES, "-");
    }
}

static void explain_accepted(const struct offers *offers, struct refusal *out)
{
    struct text t = text_of(out->accepted, sizeof out->accepted);

    for (size_t i = 0; i < offers->n; i++) {
        ike2_text_add(&t, i == 0 ? "" : ", ");
        add_accepted(&t, &offers->list[i], ALL_TYPES, "-");
    }
}

/* --- The difference ------------------------------------------------------------- */

static int rank_of(const struct select_args *args, const struct offer *o, const ike2_proposal *p,
                   ike2_bytes transforms)
{
    struct match m;
    int rank = RANK_TYPES;

    if (p->protocol != args->protocol)
        return RANK_PROTOCOL;
    if (!ike2_match_concerns(args, p))
        return RANK_SPI;
    ike2_match_read(args, o, transforms, &m);
    for (const uint8_t *type = ike2_offer_types; *type != 0; type++)
        if (ike2_match_agrees(args, o, &m, *type))
            rank++;
    /* Doing without an integrity algorithm is nothing in common without the cipher. */
    if (o->is_aead && !ike2_match_agrees(args, o, &m, IKE2_TRANSFORM_ENCR))
        rank--;
    return m.is_foreign ? rank - 1 : rank;
}

static void nearest_consider(const struct select_args *args, const struct offer *o,
                             ike2_bytes sa_body, struct nearest *nearest)
{
    ike2_walk walk;
    ike2_proposal p;
    ike2_bytes transforms;

    ike2_proposal_walk(&walk, sa_body);
    while (ike2_proposal_next(&walk, &p, &transforms)) {
        int rank = rank_of(args, o, &p, transforms);

        if (rank > nearest->rank)
            *nearest = (struct nearest){
                .rank = rank, .offer = *o, .proposal = p, .transforms = transforms
            };
    }
}

static void explain_protocol(const struct select_args *args, const struct nearest *nearest,
                             struct text *t)
{
    ike2_text_add(t, "protocol: offered ");
    add_protocol(t, nearest->proposal.protocol);
    ike2_text_add(t, "; accepted ");
    add_protocol(t, args->protocol);
}

static void explain_spi(const struct select_args *args, const struct nearest *nearest,
                        struct text *t)
{
    ike2_text_add(t, "SPI: offered ");
    if (nearest->proposal.spi.len == args->spi_size) {
        ike2_text_add(t, "zero");
        return;
    }
    ike2_text_uint(t, nearest->proposal.spi.len);
    ike2_text_add(t, " octets; accepted ");
    ike2_text_uint(t, args->spi_size);
}

/* The first type in which the two part; a type that the protocol does not have comes last. */
static void explain_type(const struct select_args *args, const struct nearest *nearest,
                         struct text *t)
{
    const uint8_t *type = ike2_offer_types;
    struct match m;
    uint8_t parted;

    ike2_match_read(args, &nearest->offer, nearest->transforms, &m);
    while (*type != 0 && ike2_match_agrees(args, &nearest->offer, &m, *type))
        type++;
    parted = *type != 0 ? *type : m.foreign_type;
    ike2_text_add(t, type_name(parted));
    ike2_text_add(t, ": offered ");
    add_offered(t, nearest->transforms, parted, ", ");
    ike2_text_add(t, "; accepted ");
    add_accepted(t, &nearest->offer, parted, ", ");
}

/* Some pair fits: then a policy refused it, or the peer's answer was no choice. */
static void explain_fitting(const struct search *s, struct text *t)
{
    ike2_text_add(t, s->refusal != NULL ? s->refusal
                                        : "the answer is not one transform of each type from one "
                                          "proposal");
}

static void explain_difference(const struct select_args *args, const struct offers *offers,
                               ike2_bytes sa_body, struct text *t)
{
    struct search s = { .args = args };
    struct nearest nearest = { 0 };
    struct match m;

    for (size_t i = 0; i < offers->n; i++)
        nearest_consider(args, &offers->list[i], sa_body, &nearest);
    if (nearest.rank == RANK_PROTOCOL) {
        explain_protocol(args, &nearest, t);
        return;
    }
    if (nearest.rank == RANK_SPI) {
        explain_spi(args, &nearest, t);
        return;
    }
    ike2_match_read(args, &nearest.offer, nearest.transforms, &m);
    if (!ike2_match_fits(args, &nearest.offer, &m)) {
        explain_type(args, &nearest, t);
        return;
    }
    (void)ike2_search_run(&s, offers, sa_body);
    explain_fitting(&s, t);
}

void ike2_select_explain(const struct select_args *args, ike2_bytes sa_body, struct refusal *out)
{
    struct text t = text_of(out->difference, sizeof out->difference);
    struct offers offers;

    ike2_offers_read(args, &offers);
    explain_offered(sa_body, out);
    explain_accepted(&offers, out);
    if (sa_body.len == 0)
        ike2_text_add(&t, "no proposal was offered");
    else if (!ike2_search_parses(sa_body))
        ike2_text_add(&t, "the SA payload is malformed");
    else if (offers.n == 0)
        ike2_text_add(&t, "none of our proposals is usable");
    else
        explain_difference(args, &offers, sa_body, &t);
}
