/* proposal.c - the proposals of an SA payload, for people. RFC 7296 3.3. */
#include "proposal.h"

#include <ike2/iana.h>
#include <ike2/message.h>

#include "words.h"

static const char *transform_word(uint8_t type)
{
    static const char *const words[] = {
        [IKE2_TRANSFORM_ENCR] = "ENCR",     [IKE2_TRANSFORM_PRF] = "PRF",
        [IKE2_TRANSFORM_INTEG] = "INTEG",   [IKE2_TRANSFORM_KE] = "KE",
        [IKE2_TRANSFORM_ESN] = "ESN",       [IKE2_TRANSFORM_ADDKE1] = "ADDKE1",
        [IKE2_TRANSFORM_ADDKE2] = "ADDKE2", [IKE2_TRANSFORM_ADDKE3] = "ADDKE3",
        [IKE2_TRANSFORM_ADDKE4] = "ADDKE4", [IKE2_TRANSFORM_ADDKE5] = "ADDKE5",
        [IKE2_TRANSFORM_ADDKE6] = "ADDKE6", [IKE2_TRANSFORM_ADDKE7] = "ADDKE7",
    };

    return type < sizeof words / sizeof words[0] ? words[type] : NULL;
}

static void transform_show(const struct tree *t, const ike2_transform *transform, ike2_bytes attrs)
{
    const char *word = transform_word(transform->type);
    const char *name = ike2_transform_name(transform->type, transform->id);
    const struct tree below = tree_below(t);
    char key[32] = "";

    if (transform->key_bits != 0)
        (void)snprintf(key, sizeof key, ", key length %u", transform->key_bits);
    tree_line(t, "Transform: %s (%u) %s (%u)%s", word != NULL ? word : "type", transform->type,
              name != NULL ? name : "id", transform->id, key);
    if (transform->strange)
        tree_octets(&below, "Attributes", attrs);
}

static void transforms_show(const struct tree *t, ike2_bytes transforms)
{
    ike2_transform transform;
    ike2_bytes attrs;
    ike2_walk walk;

    ike2_transform_walk(&walk, transforms);
    while (ike2_transform_next(&walk, &transform, &attrs))
        transform_show(t, &transform, attrs);
}

void proposals_show(const struct tree *t, ike2_bytes body)
{
    const struct tree below = tree_below(t);
    ike2_bytes transforms;
    ike2_proposal proposal;
    ike2_walk walk;

    ike2_proposal_walk(&walk, body);
    while (ike2_proposal_next(&walk, &proposal, &transforms)) {
        tree_line(t, "Proposal: %u", proposal.number);
        tree_named(&below, "Protocol", protocol_word(proposal.protocol), proposal.protocol);
        tree_octets(&below, "SPI", proposal.spi);
        tree_line(&below, "Transforms: %zu", proposal.n_transforms);
        transforms_show(&below, transforms);
    }
}
