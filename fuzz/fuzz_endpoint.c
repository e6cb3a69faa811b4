/* fuzz_endpoint.c - two endpoints in one process on a virtual clock, with a provider that costs
 * nothing. The input says how they are configured, what the network does to their datagrams, what
 * their integrators do and when, what a hostile peer sends, and which allocations and calls of the
 * provider fail. After each operation the invariants of sim/invariants.h hold; at the end nothing
 * is left, neither memory nor keys. */
#include "endpoint/script.h"

/* An operation's number is part of what corpora mean: new ones are appended. */
static operation *const operations[] = {
    op_connect, op_run, op_deliver, op_duplicate, op_drop, op_flip, op_truncate, op_splice,
    op_inject, op_edit, op_forge, op_seal, op_deletes, op_wait, op_deadline, op_late, op_answer,
    op_finish, op_command, op_child, op_define, op_plan, op_restart, op_fail_alloc,
    op_fail_crypto, op_batch, op_nat, op_reseal, op_renew, op_cut_in, op_lossy, op_live,
    op_feature,
};

enum { N_OPERATIONS = sizeof operations / sizeof operations[0] };
enum { FLYING_MAX = 64, PENDING_MAX = SIDE_PENDING / 2 };

/* What a script can pile up has an end. */
static void tidy(const struct script *s)
{
    struct net *net = &s->world->net;
    size_t n = 0;

    for (struct list_node *i = list_first(&net->flying); i != NULL; i = list_next(&net->flying, i))
        n++;
    for (; n > FLYING_MAX; n--)
        net_remove(net, LIST_ENTRY(list_first(&net->flying), struct packet, node));
    for (size_t i = 0; i < s->world->n_sides; i++) {
        struct side *side = s->world->sides[i];

        for (size_t j = 0; j < side->cap_pending && side_pending(side) > PENDING_MAX; j++) {
            struct pending *p = &side->pending[j];

            if (!p->is_used)
                continue;
            p->due = s->world->now;
            p->refuse = p->refuse || p->matter == ON_CHILD; /* perhaps nothing matches */
        }
        if (side_pending(side) > PENDING_MAX)
            side_on_time(side, s->world->now);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint64_t seed = size < SETTINGS_OCTETS ? 0 : data[SETTINGS_OCTETS - 1];
    struct script s = { .world = world_new(seed), .tape = { .ptr = data, .len = size } };

    settings_apply(&s);
    for (int i = 0; i < OPERATIONS_MAX && s.tape.len != 0; i++) {
        operations[tape_u8(&s) % N_OPERATIONS](&s);
        tidy(&s);
        world_check(s.world);
        for (size_t n = 0; n < s.world->n_sides; n++)
            side_look(s.world->sides[n]);
    }
    script_wind_up(&s);
    world_free(s.world);
    return 0;
}
