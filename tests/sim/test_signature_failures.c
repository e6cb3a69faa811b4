/* sim/test_signature_failures.c - every allocation, and every call of the provider, fails in turn
 * while two sides with certificates come up: whatever fails once is repaired, nothing leaks, no key
 * is left. IKE2_SIM_NUMBER=n runs the n-th failure only. */
#include "sim/signer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"

enum { SETTLED_MS = 250 * 1000, ENDED_MS = 400 * 1000, FOR_EVER = 1000 * 1000 };

enum failing { ALLOCATIONS, PROVIDER };

/* The calls `n` to `n` + `count` - 1 of one side fail. */
struct trial {
    enum failing what;
    size_t victim;
    bool offloads, elsewhere, refuses;
    uint64_t n, count;
};

static const uint16_t p256[] = { IKE2_SIG_ECDSA_SHA256_DER, 0 };

static void set_up_side(struct side *s, const struct trial *t)
{
    static uint8_t octets[900];
    struct signer *g = signer_of(s);
    ike2_credential *c = signer_add(g, ECDSA_256, p256, NULL, "A");

    g->rooms[0].chain[1] = g->rooms[0].chain[2] = bytes_of(octets, sizeof octets);
    c->n_chain = 3;
    signer_trust(g, 10, "A");
    if (t->elsewhere)
        c->key = NULL;
    if (t->offloads) {
        s->setup.endpoint.offload = IKE2_OFFLOAD_KE | IKE2_OFFLOAD_SIGN;
        s->plans[ON_KE] = s->plans[ON_SIGN] = s->plans[ON_VERIFY] =
            (struct plan){ .manner = LATER, .ms = 30 };
    }
}

/* Either side may have refused to begin; then that was all. */
static bool begin(struct world *w)
{
    ike2_addr remote = w->sides[1]->addr;

    for (size_t i = 0; i < 2; i++) {
        struct side *s = w->sides[i];

        if (side_start(s, w->now) != IKE2_OK)
            return false;
        s->dataplane.crypto = signer_of(s)->wrap.inner; /* its calls are not the library's */
    }
    return side_connect_to(w->sides[0], w->now, &remote, IKE2_ENCAP_NONE) == IKE2_OK;
}

static void fail_no_more(struct side *s)
{
    alloc_fail(&s->alloc, 0, 0);
    signer_of(s)->wrap.fail_at = 0;
}

/* A provider that does not describe a transform when it is asked does not have it. */
static bool has_to_come_up(const struct trial *t)
{
    return t->what == ALLOCATIONS && t->count == 1 && !t->refuses;
}

static void live(struct world *w, const struct trial *t)
{
    struct side *a = w->sides[0], *b = w->sides[1];

    if (!begin(w))
        return;
    world_run(w, SETTLED_MS);
    if (has_to_come_up(t) && (side_stats(a).children != 1 || side_stats(b).children != 1))
        world_fail(w, NULL, "a single failure is not repaired");
    if (sa_of_side(a) != 0)
        (void)ike2_sa_close(a->ep, w->now, sa_of_side(a));
    side_drain(a, w->now);
    fail_no_more(a);
    fail_no_more(b);
    if (!world_run_out(w, ENDED_MS))
        world_fail(w, NULL, "an SA without end");
    expect_nothing(a);
    expect_nothing(b);
    expect_events(a, IKE2_EVENT_SA_DOWN, 1);
}

/* Returns whether there was a call number `n`. */
static bool attempt(const struct trial *t)
{
    struct side *victim;
    struct world *w;
    void *state;
    uint64_t n_calls;

    (void)signers_setup(&state);
    w = state;
    w->note = t->what == ALLOCATIONS ? "allocation" : "call of the provider";
    w->number = t->n;
    set_up_side(w->sides[0], t);
    set_up_side(w->sides[1], t);
    if (t->refuses)
        signer_of(w->sides[1])->verdict.ok = false;
    victim = w->sides[t->victim];
    if (t->what == ALLOCATIONS)
        alloc_fail(&victim->alloc, t->n, t->n + t->count - 1);
    else
        crypto_wrap_fail_at(&signer_of(victim)->wrap, t->n, IKE2_ERR_CRYPTO);
    live(w, t);
    n_calls = t->what == ALLOCATIONS ? victim->alloc.n_calls_max
                                     : signer_of(victim)->wrap.n_calls;
    (void)signers_teardown(&state);
    return n_calls >= t->n;
}

static void sweep(const struct trial *like)
{
    const char *only = getenv("IKE2_SIM_NUMBER");

    for (size_t victim = 0; victim < 2; victim++) {
        struct trial t = *like;

        t.victim = victim;
        t.n = only != NULL ? strtoull(only, NULL, 10) : 1;
        while (attempt(&t) && only == NULL)
            t.n++;
        assert_true(only != NULL || t.n > 20);
    }
}

static void any_single_allocation_may_fail(void **state)
{
    (void)state;
    sweep(&(struct trial){ .what = ALLOCATIONS, .count = 1 });
    sweep(&(struct trial){ .what = ALLOCATIONS, .count = 1, .offloads = true, .elsewhere = true });
}

static void any_single_allocation_may_fail_on_the_way_to_a_refusal(void **state)
{
    (void)state;
    sweep(&(struct trial){ .what = ALLOCATIONS, .count = 1, .refuses = true });
}

static void memory_may_be_short_for_a_long_time(void **state)
{
    (void)state;
    sweep(&(struct trial){ .what = ALLOCATIONS, .count = FOR_EVER, .offloads = true });
}

static void any_single_call_of_the_provider_may_fail(void **state)
{
    (void)state;
    sweep(&(struct trial){ .what = PROVIDER, .count = 1 });
    sweep(&(struct trial){ .what = PROVIDER, .count = 1, .offloads = true });
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_single_allocation_may_fail),
        cmocka_unit_test(any_single_allocation_may_fail_on_the_way_to_a_refusal),
        cmocka_unit_test(memory_may_be_short_for_a_long_time),
        cmocka_unit_test(any_single_call_of_the_provider_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
