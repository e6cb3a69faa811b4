/* endpoint/ops_life.c - whole lives: what both sides do at once, what is called between two
 * outputs, what goes on by itself, and what a definition says beyond the least. */
#include <ike2/iana.h>

#include "endpoint/script.h"

/* --- Both sides -------------------------------------------------------------------------- */

enum renewal {
    RENEW_REKEY, RENEW_REAUTH, RENEW_REKEY_BOTH, RENEW_CHILD_BOTH, RENEW_CROSSING, RENEW_CLOSE_BOTH,
    RENEW_CREATE_BOTH, RENEW_CHILD_AND_CLOSE
};

static void renew_one(struct script *s, struct side *side, uint8_t which, enum renewal what,
                      bool is_second)
{
    ike2_sa_id sa = sa_pick(side, which);
    ike2_time now = s->world->now;
    ike2_child_id child;

    if (side->ep == NULL)
        return;
    child = ike2_child_next(side->ep, sa, 0);
    switch (what) {
    case RENEW_REAUTH: (void)ike2_sa_reauth(side->ep, now, sa); break;
    case RENEW_CHILD_BOTH: (void)ike2_child_rekey(side->ep, now, child, 0); break;
    case RENEW_CLOSE_BOTH: (void)ike2_child_close(side->ep, now, child); break;
    case RENEW_CREATE_BOTH: (void)!ike2_child_create(side->ep, now, sa, which & 1, &child); break;
    case RENEW_CROSSING:
        (void)(is_second ? ike2_child_rekey(side->ep, now, child, 0)
                         : ike2_sa_rekey(side->ep, now, sa));
        break;
    case RENEW_CHILD_AND_CLOSE:
        (void)ike2_child_rekey(side->ep, now, child, 0);
        (void)ike2_child_close(side->ep, now, child);
        break;
    case RENEW_REKEY:
    case RENEW_REKEY_BOTH: (void)ike2_sa_rekey(side->ep, now, sa); break;
    }
}

/* What is begun goes out when both have begun it. */
void op_renew(struct script *s)
{
    uint8_t choice = tape_u8(s);
    struct side *side = s->world->sides[choice & 1], *other = side_other(s, side);
    enum renewal what = (enum renewal)(choice >> 3 & 7);

    renew_one(s, side, choice >> 1 & 3, what, false);
    if (what >= RENEW_REKEY_BOTH && what != RENEW_CHILD_AND_CLOSE)
        renew_one(s, other, choice >> 6, what, true);
    side_drain(side, s->world->now);
    side_drain(other, s->world->now);
}

/* --- Between two outputs ----------------------------------------------------------------- */

static void command(struct side *side, ike2_time now, unsigned what)
{
    ike2_sa_id sa = sa_pick(side, 0);
    ike2_child_id child = ike2_child_next(side->ep, 0, 0);
    const ike2_packet packet = setup_packet(&side->setup);

    switch (what & 7) {
    case 0: (void)ike2_sa_close(side->ep, now, sa); break;
    case 1: (void)ike2_sa_drop(side->ep, now, sa); break;
    case 2: (void)ike2_sa_rekey(side->ep, now, sa); break;
    case 3: (void)ike2_sa_probe(side->ep, now, sa); break;
    case 4: (void)ike2_child_close(side->ep, now, child); break;
    case 5: (void)ike2_child_rekey(side->ep, now, child, 0); break;
    case 6: (void)!ike2_child_create_for(side->ep, now, sa, 0, &packet, &child); break;
    default: (void)ike2_sa_reauth(side->ep, now, sa); break;
    }
}

/* The output that was polled last is used afterwards. */
static void cut_in(struct side *side, ike2_time now)
{
    struct cut_in *c = side->between.user;

    if (c->wait == 0)
        return;
    if (--c->wait == 0)
        command(side, now, c->what);
}

void op_cut_in(struct script *s)
{
    uint8_t choice = tape_u8(s), wait = tape_u8(s);
    struct side *side = s->world->sides[choice & 1];
    struct cut_in *c = &s->cut_ins[choice & 1];

    *c = (struct cut_in){ .wait = wait % 32u + 1, .what = choice >> 1 & 7u };
    side->between.call = cut_in;
    side->between.user = c;
}

/* --- What goes on by itself -------------------------------------------------------------- */

enum fate { FATE_ARRIVES, FATE_LOST, FATE_DOUBLED, FATE_OVERTAKEN };

/* Two bits for each datagram say what becomes of it. */
void op_lossy(struct script *s)
{
    uint16_t fates = tape_u16(s);

    for (unsigned i = 0; i < 8; i++, fates >>= 2) {
        enum fate fate = (enum fate)(fates & 3);
        struct packet *p = packet_pick(s, fate == FATE_OVERTAKEN ? 1 : 0);

        if (p == NULL)
            return;
        if (fate == FATE_DOUBLED)
            packet_arrive(s, p);
        if (fate != FATE_LOST)
            packet_arrive(s, p);
        net_remove(&s->world->net, p);
        world_check(s->world);
    }
}

/* So many things happen, whichever is next: a datagram arrives, or a time has come. */
void op_live(struct script *s)
{
    for (unsigned n = tape_u8(s) + 1; n > 0; n--) {
        struct packet *p = packet_pick(s, 0);

        if (p == NULL && !next_deadline(s))
            return;
        if (p != NULL) {
            s->world->now++;
            packet_arrive(s, p);
            net_remove(&s->world->net, p);
        }
        world_check(s->world);
    }
}

/* --- Definitions ------------------------------------------------------------------------- */

enum {
    FEATURE_TWO_CHILDREN = 1, FEATURE_CONFIG = 2, FEATURE_ASKS_CONFIG = 4, FEATURE_CHILDLESS = 8,
    FEATURE_REPLACE = 16, FEATURE_REFUSE = 32, FEATURE_REAUTH = 64, FEATURE_SHORT_LIVES = 128
};

/* For the SAs that come: an initiator asks for addresses, a responder gives them. */
void op_feature(struct script *s)
{
    static const uint8_t address[] = { 10, 9, 0, 1 };
    static const ike2_cfg_attr wishes[] = { { .type = IKE2_CFG_INTERNAL_IP4_ADDRESS },
                                            { .type = IKE2_CFG_INTERNAL_IP4_DNS } };
    static const ike2_cfg_attr gifts[] = {
        { .type = IKE2_CFG_INTERNAL_IP4_ADDRESS, .value = { address, sizeof address } },
        { .type = IKE2_CFG_INTERNAL_IP4_DNS, .value = { address, sizeof address } },
    };
    uint8_t choice = tape_u8(s), what = tape_u8(s);
    struct side *side = s->world->sides[choice & 1];
    ike2_peer_config *peer = &side->setup.peer;
    bool gives = (choice & 2) != 0, is_short = (what & FEATURE_SHORT_LIVES) != 0;

    peer->n_children = (what & FEATURE_TWO_CHILDREN) != 0 ? 2 : 1;
    side->config = gives ? gifts : wishes;
    side->n_config = 2;
    peer->config = (what & FEATURE_CONFIG) != 0 ? side->config : NULL;
    peer->n_config = (what & FEATURE_CONFIG) != 0 ? side->n_config : 0;
    peer->asks = (peer->asks & ~(uint32_t)IKE2_ASKS_CONFIG) |
                 ((what & FEATURE_ASKS_CONFIG) != 0 ? IKE2_ASKS_CONFIG : 0);
    peer->childless = (what & FEATURE_CHILDLESS) == 0 ? IKE2_WANT_DEFAULT
                      : gives                         ? IKE2_WANT_OFF
                                                      : IKE2_WANT_PREFER;
    peer->unique = (what & FEATURE_REPLACE) != 0  ? IKE2_UNIQUE_REPLACE
                   : (what & FEATURE_REFUSE) != 0 ? IKE2_UNIQUE_REFUSE
                                                  : IKE2_UNIQUE_DEFAULT;
    peer->reauth_seconds = (what & FEATURE_REAUTH) != 0 ? 90 : 0;
    peer->rekey_seconds = is_short ? 60 : 0;
    setup_lifetime(&side->setup, 0, is_short ? 20 : 0, is_short ? 40 : 0);
    define_again(s, choice & 1);
}
