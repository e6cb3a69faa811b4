/* sim/test_attacks_moments.c - whatever is commanded at whatever moment, between any two outputs or
 * between any two things that happen while everything is being rekeyed, the two sides end up with
 * the same, and nothing is used that has gone. RFC 7296 2.8, 2.25. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/attack.h"

enum { SLOW_MS = 15, SETTLED_MS = 60 * 1000, ENDED_MS = 400 * 1000, MOMENTS_MAX = 400 };

/* --- What can be commanded ------------------------------------------------------------ */

enum command {
    CLOSE_CHILD, CLOSE_SA, DROP_SA, REKEY_CHILD, REKEY_SA, CREATE_CHILD, PROBE, HARD_EXPIRE,
    SOFT_EXPIRE, FIRST_IN, REAUTHENTICATE, COMMANDS
};

static void report(struct side *s, ike2_time now, uint32_t what)
{
    ike2_child_info info = IKE2_INIT(ike2_child_info);
    ike2_report r = IKE2_INIT(ike2_report);

    if (ike2_child_get(s->ep, child_of(s), &info) != IKE2_OK || info.pair == NULL)
        return;
    r.what = what;
    r.spi_in = info.pair->spi_in;
    (void)ike2_child_report(s->ep, now, &r);
}

/* Many come too early or too late, and say so; that is all. */
static void give(struct side *s, ike2_time now, enum command what)
{
    ike2_sa_id sa = ike2_sa_next(s->ep, 0);
    ike2_child_id child = child_of(s), made;

    switch (what) {
    case CLOSE_CHILD: (void)ike2_child_close(s->ep, now, child); break;
    case CLOSE_SA: (void)ike2_sa_close(s->ep, now, sa); break;
    case DROP_SA: (void)ike2_sa_drop(s->ep, now, sa); break;
    case REKEY_CHILD: (void)ike2_child_rekey(s->ep, now, child, 0); break;
    case REKEY_SA: (void)ike2_sa_rekey(s->ep, now, sa); break;
    case CREATE_CHILD: (void)!ike2_child_create(s->ep, now, sa, 0, &made); break;
    case PROBE: (void)ike2_sa_probe(s->ep, now, sa); break;
    case HARD_EXPIRE: report(s, now, IKE2_REPORT_HARD_EXPIRE); break;
    case SOFT_EXPIRE: report(s, now, IKE2_REPORT_SOFT_EXPIRE); break;
    case FIRST_IN: report(s, now, IKE2_REPORT_FIRST_IN); break;
    case REAUTHENTICATE: (void)ike2_sa_reauth(s->ep, now, sa); break;
    case COMMANDS: break;
    }
}

/* --- What must have come of it -------------------------------------------------------- */

static size_t n_sending(const struct side *s)
{
    ike2_child_id c = 0;
    size_t n = 0;

    while ((c = ike2_child_next(s->ep, sa_of_side(s), c)) != 0)
        n += dataplane_sending(&s->dataplane, c) != NULL ? 1 : 0;
    return n;
}

static void require(struct world *w, bool ok, const char *what)
{
    if (!ok)
        world_fail(w, NULL, what);
}

/* Both have the same, and then nothing. */
static void expect_the_same(struct world *w)
{
    struct side *a = w->sides[0], *b = w->sides[1];
    ike2_stats i, r;

    world_run(w, SETTLED_MS);
    if (side_stats(a).sas == 0 || side_stats(a).sas != side_stats(b).sas ||
        side_stats(a).children != side_stats(b).children)
        world_run(w, ENDED_MS); /* one that was dropped is missed in time */
    i = side_stats(a);
    r = side_stats(b);
    require(w, i.sas == r.sas && i.sas <= 1, "one IKE SA on each side, or none");
    require(w, i.children == r.children, "as many children on each side");
    require(w, n_sending(a) == i.children && n_sending(b) == r.children, "all children send");
    require(w, dataplane_count(&a->dataplane) == i.children, "a pair for each child");
    require(w, dataplane_count(&b->dataplane) == r.children, "a pair for each child");
    if (i.sas != 0) {
        expect_talking(a, b);
        close_sa(a);
    }
    require(w, world_run_out(w, ENDED_MS), "an SA without end");
    expect_nothing(a);
    expect_nothing(b);
}

/* --- Between any two things that happen ----------------------------------------------- */

/* What is going on when the command comes. */
struct scene {
    const char *name;
    bool ours_child, theirs_child, ours_sa, theirs_sa, creates, closes, anew;
};

static const struct scene scenes[] = {
    { .name = "one rekeys the child", .ours_child = true },
    { .name = "both rekey the child", .ours_child = true, .theirs_child = true },
    { .name = "one rekeys the SA", .ours_sa = true },
    { .name = "both rekey the SA", .ours_sa = true, .theirs_sa = true },
    { .name = "one the child, the other the SA", .ours_child = true, .theirs_sa = true },
    { .name = "a child is made", .creates = true },
    { .name = "a child is closed", .closes = true, .theirs_child = true },
    { .name = "authenticated anew", .anew = true },
    { .name = "authenticated anew while the child is rekeyed", .anew = true, .theirs_child = true },
    { .name = "authenticated anew while both rekey the SA", .anew = true, .ours_sa = true,
      .theirs_sa = true },
};

static struct world *set_scene(const struct scene *scene)
{
    void *world = NULL;
    struct world *w;
    struct side *a, *b;

    (void)attack_world(&world);
    w = world;
    w->note = scene->name;
    a = w->sides[0];
    b = w->sides[1];
    a->setup.limits.message_octets = b->setup.limits.message_octets = 8192; /* many worlds */
    bring_up(a, b);
    for (size_t m = ON_INSTALL; m < MATTERS; m++)
        a->plans[m] = b->plans[m] = (struct plan){ .manner = LATER, .ms = SLOW_MS };
    if (scene->anew)
        give(a, w->now, REAUTHENTICATE);
    if (scene->ours_child)
        give(a, w->now, REKEY_CHILD);
    if (scene->ours_sa)
        give(a, w->now, REKEY_SA);
    if (scene->creates)
        give(a, w->now, CREATE_CHILD);
    if (scene->closes)
        give(a, w->now, CLOSE_CHILD);
    if (scene->theirs_child)
        give(b, w->now, REKEY_CHILD);
    if (scene->theirs_sa)
        give(b, w->now, REKEY_SA);
    side_drain(a, w->now);
    side_drain(b, w->now);
    return w;
}

/* Returns whether so much happens within ten seconds. */
static bool command_after(const struct scene *scene, enum command what, size_t who, size_t moment)
{
    struct world *w = set_scene(scene);
    ike2_time until = w->now + 10 * 1000;
    bool happens = true;

    w->number = 1000 * (100 * (uint64_t)what + who) + moment;
    for (size_t i = 0; i < moment && happens; i++)
        happens = world_step(w, until);
    give(w->sides[who], w->now, what);
    side_drain(w->sides[who], w->now);
    world_check(w);
    expect_the_same(w);
    world_free(w);
    return happens;
}

/* The second one finds what the first one has left half done. */
static bool two_commands_after(const struct scene *scene, const enum command what[2], size_t moment)
{
    struct world *w = set_scene(scene);
    ike2_time until = w->now + 10 * 1000;
    bool happens = true;

    w->number = 1000 * (100 * (uint64_t)what[0] + what[1]) + moment;
    for (size_t i = 0; i < moment && happens; i++)
        happens = world_step(w, until);
    for (size_t i = 0; i < 2; i++) {
        give(w->sides[0], w->now, what[i]);
        side_drain(w->sides[0], w->now);
    }
    expect_the_same(w);
    world_free(w);
    return happens;
}

static void another_command_may_come_right_behind(void **state)
{
    static const enum command firsts[] = { CLOSE_CHILD, REKEY_CHILD, REKEY_SA, CREATE_CHILD,
                                           REAUTHENTICATE };
    static const enum command seconds[] = { CLOSE_CHILD, CLOSE_SA, DROP_SA, REKEY_SA,
                                            CREATE_CHILD };
    static const struct scene scene = { .name = "both rekey the child", .ours_child = true,
                                        .theirs_child = true };

    (void)state;
    for (size_t n = 0; n < 25; n++) {
        const enum command what[2] = { firsts[n / 5], seconds[n % 5] };
        size_t moment = 0;

        while (moment < MOMENTS_MAX && two_commands_after(&scene, what, moment))
            moment++;
        assert_in_range(moment, 5, MOMENTS_MAX - 1);
    }
}

static void a_command_may_come_at_any_moment_of_a_rekeying(void **state)
{
    size_t n = 0;

    (void)state;
    for (size_t s = 0; s < sizeof scenes / sizeof scenes[0]; s++) {
        for (unsigned what = 0; what < 2 * COMMANDS; what++) {
            size_t moment = 0;

            while (moment < MOMENTS_MAX &&
                   command_after(&scenes[s], (enum command)(what / 2), what % 2, moment))
                moment++;
            assert_in_range(moment, 5, MOMENTS_MAX - 1);
            n += moment;
        }
    }
    assert_true(n > 1000);
}

/* The Delete does not wait for a request that times out. */
static void a_peer_is_told_at_once_whatever_is_under_way(void **state)
{
    static const enum command commands[] = { REKEY_CHILD, CREATE_CHILD, CLOSE_CHILD, PROBE,
                                             REKEY_SA };

    (void)state;
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        for (uint64_t ms = 0; ms < 60; ms += 5) {
            struct world *w = set_scene(&(struct scene){ .name = "closed" });

            w->number = 1000 * i + ms;
            give(w->sides[0], w->now, commands[i]);
            side_drain(w->sides[0], w->now);
            world_run(w, ms);
            close_sa(w->sides[0]);
            require(w, world_run_out(w, 1000), "a Delete that waits");
            world_free(w);
        }
    }
}

/* The new SA of a renewal has a child of its own if the old one has none, and nobody has heard of
 * either: what is told of the child comes before the SA goes. */
static void a_renewal_that_fails_leaves_nothing_behind(void **state)
{
    (void)state;
    for (uint64_t ms = 0; ms < 60; ms += 5) {
        struct world *w = set_scene(&(struct scene){ .name = "renewal" });
        struct side *a = w->sides[0];

        w->number = ms;
        close_child(a);
        world_run(w, 1000);
        give(a, w->now, REAUTHENTICATE);
        side_drain(a, w->now);
        world_run(w, ms);
        w->net.loss_percent = 100;
        require(w, world_run_out(w, ENDED_MS), "an SA without end");
        expect_nothing(a);
        world_free(w);
    }
}

/* It waits for its data plane, which gives an SPI back, when the old one has gone with its name. */
static void a_renewal_ends_with_the_sa_that_it_was_to_replace(void **state)
{
    (void)state;
    for (uint64_t ms = 0; ms < 60; ms += 5) {
        void *world = NULL;
        struct world *w;
        struct side *a;

        (void)attack_world(&world);
        w = world;
        a = w->sides[0];
        a->setup.endpoint.ask_spi = IKE2_ON;
        a->plans[ON_RELEASE] = (struct plan){ .manner = LATER, .ms = 500 };
        bring_up(a, w->sides[1]);
        close_child(a);
        world_run(w, 1000);
        give(a, w->now, REAUTHENTICATE);
        side_drain(a, w->now);
        world_run(w, ms);
        drop_sa(a);
        world_check(w);
        world_run(w, 1000);
        expect_nothing(a);
        world_free(w);
    }
}

/* --- Between any two outputs ---------------------------------------------------------- */

/* The n-th poll of a side, and what is commanded behind it. */
struct cut_in {
    size_t n, at;
    enum command what;
};

/* The output that has just been polled is looked at afterwards: it has to be there still. */
static void cut_in(struct side *s, ike2_time now)
{
    struct cut_in *c = s->between.user;

    if (c->n++ == c->at)
        give(s, now, c->what);
}

/* A whole life with everything in it. */
static void live(struct world *w)
{
    static const enum command commands[] = { CREATE_CHILD, REKEY_CHILD, REKEY_SA, CLOSE_CHILD,
                                             REAUTHENTICATE };
    struct side *a = w->sides[0], *b = w->sides[1];

    initiate(a, b);
    world_run(w, 5000);
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        give(a, w->now, commands[i]);
        side_drain(a, w->now);
        if (i % 2 != 0)
            give(b, w->now, commands[i]);
        side_drain(b, w->now);
        world_run(w, 20 * 1000);
    }
}

/* Returns whether there are so many polls. */
static bool cut_in_after(enum command what, size_t who, size_t at)
{
    struct cut_in c = { .at = at, .what = what };
    void *world = NULL;
    struct world *w;

    (void)attack_world(&world);
    w = world;
    w->note = "poll";
    w->number = 1000 * (100 * (uint64_t)what + who) + at;
    for (size_t i = 0; i < 2; i++) {
        w->sides[i]->setup.limits.message_octets = 8192;
        w->sides[i]->setup.endpoint.ask_spi = IKE2_ON;
        w->sides[i]->setup.endpoint.offload = IKE2_OFFLOAD_KE;
        w->sides[i]->setup.peer.asks = IKE2_ASKS_IDENTITY | IKE2_ASKS_CHILD;
    }
    w->sides[who]->between.call = cut_in;
    w->sides[who]->between.user = &c;
    live(w);
    w->sides[who]->between.call = NULL;
    expect_the_same(w);
    world_free(w);
    return c.n > at;
}

static void a_command_may_come_between_any_two_outputs(void **state)
{
    (void)state;
    for (unsigned what = 0; what < 2 * COMMANDS; what++) {
        size_t at = 0;

        while (at < MOMENTS_MAX && cut_in_after((enum command)(what / 2), what % 2, at))
            at++;
        assert_in_range(at, 30, MOMENTS_MAX - 1);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_command_may_come_at_any_moment_of_a_rekeying),
        cmocka_unit_test(another_command_may_come_right_behind),
        cmocka_unit_test(a_peer_is_told_at_once_whatever_is_under_way),
        cmocka_unit_test(a_renewal_that_fails_leaves_nothing_behind),
        cmocka_unit_test(a_renewal_ends_with_the_sa_that_it_was_to_replace),
        cmocka_unit_test(a_command_may_come_between_any_two_outputs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
