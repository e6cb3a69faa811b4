/* policy/select.h - choose a proposal, explain a refusal. RFC 7296 2.7, 3.3.6. Pure: no allocation,
 * clock or randomness. */
#ifndef POLICY_SELECT_H
#define POLICY_SELECT_H

#include <ike2/config.h>

/* What we accept: the configured proposals, or the library's for `protocol`. */
struct proposals {
    const ike2_proposal *list;
    size_t n;
};

/* The library's own proposals for IKE2_PROTOCOL_IKE or _ESP, preferred first. */
struct proposals ike2_default_proposals(uint8_t protocol);

/* What was chosen from the same offer before, to be found again: nothing else is chosen, whatever a
 * policy would say now. */
struct settled {
    const ike2_suite *suite; /* NULL: nothing */
    uint8_t number;          /* of the peer's proposal */
};

struct select_args {
    const ike2_crypto *crypto;   /* candidates it does not support are passed over */
    uint8_t protocol;            /* IKE2_PROTOCOL_IKE or _ESP */
    uint8_t spi_size;            /* what a proposal's SPI must measure: 0, 8 or 4 */
    bool without_ke;             /* ESP in IKE_AUTH: KE transforms are left out, 1.2 */
    struct proposals ours;
    uint16_t wanted_ke;          /* IKE: the peer's KE payload; preferred among equals; 0 = none */
    const ike2_policy *policies[2]; /* either may be NULL */
    struct settled settled;
    ike2_policy_query query;     /* everything but `suite` and the proposal filled in */
};

/* What a policy refused although both sides have it. */
struct passed_over {
    const char *reason; /* the policy's; NULL: there was nothing */
    uint8_t number;     /* of the peer's proposal */
    ike2_suite suite;   /* the candidate; no ENCR: all of the proposal */
};

struct selection {
    ike2_suite suite;
    uint8_t number;              /* of the chosen proposal, as the peer numbered it */
    ike2_bytes spi;              /* of the chosen proposal */
    ike2_transform transforms[16]; /* as chosen, one of each type, in the peer's order: echo them */
    size_t n_transforms;
    struct passed_over passed_over; /* the best candidate that a policy refused before */
};

/* Responder: choose from the peer's SA payload body. Our order of preference decides, except that
 * a candidate whose KE method is `wanted_ke` wins over the same suite without, to save a round
 * trip, unless that method is weaker. IKE2_ERR_UNSUPPORTED: nothing fits: NO_PROPOSAL_CHOSEN.
 * IKE2_ERR_MALFORMED. */
ike2_err ike2_select(const struct select_args *args, ike2_bytes sa_body, struct selection *out);
/* Initiator: check the peer's choice: exactly one proposal, one transform of each type, a subset of
 * proposal `number` of ours, 2.7. IKE2_ERR_UNSUPPORTED if it is none of ours. */
ike2_err ike2_select_check(const struct select_args *args, ike2_bytes sa_body,
                           struct selection *out);

/* The refusal in words, each terminated. Lists look like ike2_proposal_parse's input, separated by
 * ", "; what does not fit is left out and counted: "and 243 more". */
struct refusal {
    char offered[512], accepted[512];
    size_t n_offered, n_accepted; /* proposals, those left out included */
    /* The pair that gets furthest: the peer's number, and ours from 1; 0 = there is none. */
    uint8_t nearest_offered, nearest_accepted;
    uint8_t parted;       /* the first transform type in which these two part; 0 = in none */
    char difference[320]; /* that type, and what each side has there; or the policy's own text */
    /* The smallest change that would have helped: "ecp256" or "sha256-ecp256"; "" = a transform
     * more would not help, or none may be recommended. */
    char peer_change[160], our_change[160];
    const char *our_level; /* what the RFCs say against our change: "SHOULD NOT", "MUST-" or "" */
    char our_lack[160];    /* what of it the crypto provider lacks */
};
void ike2_select_explain(const struct select_args *args, ike2_bytes sa_body, struct refusal *out);

/* The suite like ike2_proposal_parse's input, or "" for none; terminated and cut to fit. */
void ike2_suite_words(const ike2_suite *s, char *text, size_t cap);
/* The same of those algorithms that are too old for everybody else; false: there is none. */
bool ike2_suite_legacy(const ike2_suite *s, char *text, size_t cap);

/* What an initiator sends: our proposals with `without_ke` applied, numbered from 1, what the
 * provider lacks and what then repeats an earlier one left out, `spi` in each; one that mixes
 * combined mode ciphers and others becomes two, 3.3. IKE2_ERR_UNSUPPORTED: nothing is left.
 * IKE2_ERR_LIMIT: more than 512 transforms. */
ike2_err ike2_proposals_write(const struct select_args *args, ike2_bytes spi, ike2_writer *w);
/* The KE method of our first usable proposal, or 0; and whether `method` is in any of them. */
uint16_t ike2_proposals_first_ke(const struct select_args *args);
bool ike2_proposals_have_ke(const struct select_args *args, uint16_t method);

#endif
