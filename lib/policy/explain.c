/* policy/explain.c - why nothing was chosen, in words. RFC 7296 2.7, 3.3.6. */
#include <ike2/iana.h>

#include "base/bytes.h"
#include "base/text.h"
#include "policy/change.h"
#include "policy/listing.h"
#include "policy/search.h"

/* How far one of the peer's proposals gets with one of ours. */
enum { RANK_NONE = 0, RANK_PROTOCOL = 1, RANK_SPI = 2, RANK_TYPES = 4 };

/* The pair that gets furthest; of equals the first. */
struct nearest {
    int rank; /* RANK_TYPES + the number of types that agree, less what cannot count */
    struct offer offer;
    uint8_t accepted; /* its number, from 1 */
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

static void nearest_consider(const struct select_args *args, const struct offers *offers, size_t i,
                             ike2_bytes sa_body, struct nearest *nearest)
{
    const struct offer *o = &offers->list[i];
    ike2_walk walk;
    ike2_proposal p;
    ike2_bytes transforms;

    ike2_proposal_walk(&walk, sa_body);
    while (ike2_proposal_next(&walk, &p, &transforms)) {
        int rank = rank_of(args, o, &p, transforms);

        if (rank > nearest->rank)
            *nearest = (struct nearest){
                .rank = rank, .offer = *o, .accepted = (uint8_t)(i + 1), .proposal = p,
                .transforms = transforms,
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
static uint8_t parted_type(const struct select_args *args, const struct nearest *nearest)
{
    const uint8_t *type = ike2_offer_types;
    struct match m;

    ike2_match_read(args, &nearest->offer, nearest->transforms, &m);
    while (*type != 0 && ike2_match_agrees(args, &nearest->offer, &m, *type))
        type++;
    return *type != 0 ? *type : m.foreign_type;
}

static void explain_type(const struct select_args *args, const struct offers *offers,
                         ike2_bytes sa_body, const struct nearest *nearest, struct refusal *out)
{
    struct text t = text_of(out->difference, sizeof out->difference);
    struct text peers = text_of(out->peer_change, sizeof out->peer_change);
    struct text ours = text_of(out->our_change, sizeof out->our_change);
    struct text lacking = text_of(out->our_lack, sizeof out->our_lack);
    struct change change;

    out->parted = parted_type(args, nearest);
    ike2_text_add(&t, type_name(out->parted));
    ike2_text_add(&t, ": offered ");
    ike2_listing_add(&t, t.cap / 2, ike2_listing_offered(nearest->transforms, out->parted), ", ");
    ike2_text_add(&t, "; accepted ");
    ike2_listing_add(&t, t.cap, ike2_listing_accepted(&nearest->offer, out->parted), ", ");
    ike2_change_peers(args, offers, sa_body, &change);
    ike2_change_text(&peers, &change);
    ike2_change_ours(args, offers, sa_body, &change);
    ike2_change_text(&ours, &change);
    ike2_change_lacking(args, &lacking, &change);
    out->our_level = ike2_change_level(args, &change);
}

/* Some pair fits: then a policy refused it, or the peer's answer was no choice. */
static void explain_fitting(const struct search *s, struct text *t)
{
    ike2_text_add(t, s->refusal != NULL ? s->refusal
                                        : "the answer is not one transform of each type from one "
                                          "proposal");
}

static void explain_difference(const struct select_args *args, const struct offers *offers,
                               ike2_bytes sa_body, struct refusal *out)
{
    struct text t = text_of(out->difference, sizeof out->difference);
    struct search s = { .args = args };
    struct nearest nearest = { 0 };
    struct match m;

    for (size_t i = 0; i < offers->n; i++)
        nearest_consider(args, offers, i, sa_body, &nearest);
    out->nearest_offered = nearest.proposal.number;
    out->nearest_accepted = nearest.accepted;
    if (nearest.rank == RANK_PROTOCOL) {
        explain_protocol(args, &nearest, &t);
        return;
    }
    if (nearest.rank == RANK_SPI) {
        explain_spi(args, &nearest, &t);
        return;
    }
    ike2_match_read(args, &nearest.offer, nearest.transforms, &m);
    if (!ike2_match_fits(args, &nearest.offer, &m)) {
        explain_type(args, offers, sa_body, &nearest, out);
        return;
    }
    (void)ike2_search_run(&s, offers, sa_body);
    explain_fitting(&s, &t);
}

void ike2_select_explain(const struct select_args *args, ike2_bytes sa_body, struct refusal *out)
{
    struct text offered, accepted, difference;
    struct offers offers;

    *out = (struct refusal){ .our_level = "" };
    offered = text_of(out->offered, sizeof out->offered);
    accepted = text_of(out->accepted, sizeof out->accepted);
    difference = text_of(out->difference, sizeof out->difference);
    ike2_offers_read(args, &offers);
    out->n_offered = ike2_listing_body(&offered, sa_body);
    out->n_accepted = ike2_listing_offers(&accepted, &offers);
    if (sa_body.len == 0)
        ike2_text_add(&difference, "no proposal was offered");
    else if (!ike2_search_parses(sa_body))
        ike2_text_add(&difference, "the SA payload is malformed");
    else if (offers.n == 0)
        ike2_text_add(&difference, "none of our proposals is usable");
    else
        explain_difference(args, &offers, sa_body, out);
}
