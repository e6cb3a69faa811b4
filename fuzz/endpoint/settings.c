/* endpoint/settings.c - how the two sides are configured. */
#include <string.h>

#include "endpoint/script.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

/* Pairs of these agree, disagree about the first key exchange method, or do not agree at all. */
static const char *const ike_proposals[8] = {
    "", "aes256gcm16-prfsha384-x25519", "aes128gcm16-prfsha256-ecp256-x25519",
    "aes256-sha256-prfsha256-modp2048", "aes256gcm16-prfsha384-ecp384-x25519, aes128-sha256-x25519",
    "chacha20poly1305-prfsha512-ecp521", "aes128-sha512-prfsha512-modp3072-ecp384",
    "aes128gcm16-prfsha256-ecp256",
};

static const char *const esp_proposals[] = {
    "", "aes256gcm16-noesn", "aes128gcm16-esn-noesn", "aes256-sha256-noesn",
};

static const char *const identities[] = {
    "side1.example.org", "side2.example.org", "%any", "user@example.org", "192.0.2.9",
    "2001:db8::9", "keyid:\\x00\\xff", "dn:#300d310b3009060355040a0c024142",
};

/* --- Definitions ------------------------------------------------------------------------- */

enum {
    DEFINE_ASKS_IDENTITY = 1, DEFINE_ASKS_CHILD = 2, DEFINE_ASKS_PSK = 4, DEFINE_OTHER_PSK = 8,
    DEFINE_NEVER_FRAGMENTS = 16, DEFINE_SMALL_FRAGMENTS = 32, DEFINE_FORCES_ENCAP = 64,
    DEFINE_NO_LIVENESS = 128
};

void settings_define(struct side *side, uint8_t choice)
{
    ike2_peer_config *peer = &side->setup.peer;

    peer->asks = ((choice & DEFINE_ASKS_IDENTITY) != 0 ? IKE2_ASKS_IDENTITY : 0) |
                 ((choice & DEFINE_ASKS_CHILD) != 0 ? IKE2_ASKS_CHILD : 0);
    side->setup.asks_psk = (choice & DEFINE_ASKS_PSK) != 0;
    side->setup.psk_peers = (choice & DEFINE_OTHER_PSK) != 0 ? "of nobody" : "a secret of both";
    peer->fragmentation = (choice & DEFINE_NEVER_FRAGMENTS) != 0 ? IKE2_WANT_OFF
                                                                 : IKE2_WANT_DEFAULT;
    peer->force_encap = (choice & DEFINE_FORCES_ENCAP) != 0 ? IKE2_ON : IKE2_DEFAULT;
    peer->liveness_seconds = (choice & DEFINE_NO_LIVENESS) != 0 ? IKE2_NEVER : 0;
    /* Whether the question has a match is known when it is asked: op_answer looks. */
    side->plans[ON_CHILD].manner = NEVER;
}

/* Once for a side: every SA of it keeps to the size. */
static void define_fragments(struct side *side, uint8_t choice)
{
    side->setup.peer.fragment_octets_v4 = (choice & DEFINE_SMALL_FRAGMENTS) != 0 ? 576 : 0;
}

/* 1, or so many selectors that IKE_AUTH does not fit one datagram. */
static void define_child(struct side *side, uint8_t choice, unsigned ours, unsigned theirs)
{
    static const size_t counts[] = { 1, 2, 16, 64 };
    ike2_ts local[SETUP_TS], remote[SETUP_TS];
    size_t n = counts[choice >> 4 & 3];
    unsigned prefix = (choice & 4) != 0 ? 24 : 28;

    for (size_t i = 0; i < n; i++) {
        local[i] = setup_net4((uint32_t)(0x0a000000 + (ours << 16) + (i << 8)), prefix);
        remote[i] = setup_net4((uint32_t)(0x0a000000 + (theirs << 16) + (i << 8)), prefix);
    }
    if ((choice & 8) != 0) /* one protocol only: narrowed, or nothing in common */
        local[0].protocol = remote[0].protocol = (uint8_t)(1 + (choice >> 6));
    setup_selectors(&side->setup, 0, local, n, remote, n);
    if ((choice & 3) != 0)
        setup_esp(&side->setup, 0, esp_proposals[choice & 3]);
}

enum { IKE_SIGNATURE = 8 };

static void define_ike(struct side *side, unsigned choice)
{
    const char *text = ike_proposals[choice % IKE_SIGNATURE];

    if ((choice & IKE_SIGNATURE) != 0)
        side->setup.cert = side->name;
    if (*text != '\0')
        setup_ike(&side->setup, text);
}

/* The second side may expect somebody else, or call itself something else. */
static void define_ids(struct script *s, uint8_t choice)
{
    struct side *side = s->world->sides[1];

    setup_ids(&side->setup, identities[(1 + (choice & 7)) % COUNT(identities)],
              identities[(choice >> 4 & 7) % COUNT(identities)]);
    /* Nobody can claim to be any. */
    if (side->setup.peer.local_id.type == 0)
        setup_ids(&side->setup, identities[1], identities[0]);
}

enum { SIGNS_ELSEWHERE = 8, SIGNS_ELSEWHERE_B = 0x80 };

/* Of those who sign at all. */
static void define_signers(struct side *a, struct side *b, uint8_t choice)
{
    a->setup.signs_elsewhere = (choice & SIGNS_ELSEWHERE) != 0;
    b->setup.signs_elsewhere = (choice & SIGNS_ELSEWHERE_B) != 0;
}

enum {
    TRUST_POLICY = 1, TRUST_OWN_POLICY = 2, TRUST_CA = 4, TRUST_SCHEMES = 8, TRUST_SHIFT_B = 4
};

static const char *refuse_gcm256(void *user, const ike2_policy_query *query)
{
    (void)user;
    return query->suite->encr.key_bits == 256 ? "256 bits are too many" : NULL;
}

/* Whom a side trusts, and what it refuses. */
static void define_trust(struct side *side, unsigned choice)
{
    static const ike2_policy policy = { .struct_size = sizeof policy, .refuse = refuse_gcm256 };
    static const uint8_t hash[20] = { 1, 2, 3 };
    static const ike2_bytes trusted[] = { { .ptr = hash, .len = sizeof hash } };
    static const uint16_t schemes[] = { IKE2_SIG_RSA_PSS_SHA384, IKE2_SIG_ED25519 };
    ike2_peer_config *peer = &side->setup.peer;

    side->setup.endpoint.policy = (choice & TRUST_POLICY) != 0 ? &policy : NULL;
    peer->policy = (choice & TRUST_OWN_POLICY) != 0 ? &policy : NULL;
    peer->trusted = trusted;
    peer->n_trusted = (choice & TRUST_CA) != 0 ? COUNT(trusted) : 0;
    peer->remote_schemes = schemes;
    peer->n_remote_schemes = (choice & TRUST_SCHEMES) != 0 ? COUNT(schemes) : 0;
}

/* --- Endpoints --------------------------------------------------------------------------- */

enum {
    HOST_DEMANDS_COOKIES = 1, HOST_OFFLOADS = 2, HOST_OFFLOADS_B = 4, HOST_ASKS_SPI = 8,
    HOST_ASKS_SPI_B = 16, HOST_SLOW_PLANE = 32, HOST_SLOW_ANSWERS = 64, HOST_SLOW_B = 128
};

static void plan_slow(struct side *side, uint8_t choice)
{
    for (enum matter m = ON_PEER; m < MATTERS; m++) {
        bool is_question = m <= ON_SPI;
        uint8_t mask = is_question ? HOST_SLOW_ANSWERS : HOST_SLOW_PLANE;

        if ((choice & mask) != 0)
            side->plans[m].manner = NEVER;
    }
}

static void host_apply(struct script *s, uint8_t choice)
{
    struct side *a = s->world->sides[0], *b = s->world->sides[1];
    const uint32_t everything = IKE2_OFFLOAD_KE | IKE2_OFFLOAD_SIGN;

    b->setup.endpoint.cookie = (choice & HOST_DEMANDS_COOKIES) != 0 ? IKE2_ON : IKE2_DEFAULT;
    a->setup.endpoint.offload = (choice & HOST_OFFLOADS) != 0 ? everything : 0;
    b->setup.endpoint.offload = (choice & HOST_OFFLOADS_B) != 0 ? everything : 0;
    a->setup.endpoint.ask_spi = (choice & HOST_ASKS_SPI) != 0 ? IKE2_ON : IKE2_DEFAULT;
    b->setup.endpoint.ask_spi = (choice & HOST_ASKS_SPI_B) != 0 ? IKE2_ON : IKE2_DEFAULT;
    plan_slow((choice & HOST_SLOW_B) != 0 ? b : a, choice);
}

enum {
    LIMIT_SMALL = 1, LIMIT_HALF_OPEN = 2, LIMIT_QUEUE = 4, LIMIT_TRIES = 8, LIMIT_NAT = 16,
    LIMIT_IPV6 = 32, ENDS_ABRUPTLY = 64, LIMIT_SMALL_B = 128
};

/* Few SAs always: what each call costs is what all of them cost. */
static void limits_apply(struct script *s, uint8_t choice)
{
    for (size_t i = 0; i < s->world->n_sides; i++) {
        struct side *side = s->world->sides[i];
        ike2_limits *limits = &side->setup.limits;
        bool is_small = (choice & (i == 0 ? LIMIT_SMALL : LIMIT_SMALL | LIMIT_SMALL_B)) != 0;

        limits->sas = 12;
        limits->message_octets = is_small ? 1280 : 8192;
        limits->reassembly_octets = is_small ? 1500 : 0;
        limits->half_open = (choice & LIMIT_HALF_OPEN) != 0 ? 2 : 8;
        limits->half_open_cookie = (choice & LIMIT_HALF_OPEN) != 0 ? 1 : 0;
        limits->queued_outputs = (choice & LIMIT_QUEUE) != 0 ? 2 : 0;
        side->setup.retransmit.tries = (choice & LIMIT_TRIES) != 0 ? 2 : 0;
        side->addr.family = (choice & LIMIT_IPV6) != 0 ? 6 : 4;
    }
    if ((choice & LIMIT_NAT) == 0)
        return;
    s->world->net.nats[0] = (struct nat_box){
        .is_on = true, .inside = s->world->sides[0]->addr, .outside = s->world->sides[0]->addr,
        .first_port = 20000,
    };
    s->world->net.nats[0].outside.ip[3] = 77;
}

void settings_apply(struct script *s)
{
    uint8_t choice[SETTINGS_OCTETS];
    struct side *a = s->world->sides[0], *b = s->world->sides[1];

    for (size_t i = 0; i < SETTINGS_OCTETS; i++)
        choice[i] = tape_u8(s);
    s->world->net.is_held = true;
    host_apply(s, choice[0]);
    settings_define(a, choice[1]);
    settings_define(b, choice[2]);
    define_fragments(a, choice[1]);
    define_fragments(b, choice[2]);
    define_ike(a, choice[3]);
    define_ike(b, choice[3] >> 4);
    define_child(a, choice[4], 1, 2);
    define_child(b, choice[5], 2, 1);
    define_ids(s, choice[6]);
    define_signers(a, b, choice[6]);
    limits_apply(s, choice[7]);
    define_trust(a, choice[8]);
    define_trust(b, choice[8] >> TRUST_SHIFT_B);
    s->ends_abruptly = (choice[7] & ENDS_ABRUPTLY) != 0;
    for (size_t i = 0; i < s->world->n_sides; i++) {
        tally_watch(s->world->sides[i]);
        check(side_start(s->world->sides[i], s->world->now) == IKE2_OK);
    }
}
