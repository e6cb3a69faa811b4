#include "order.h"

#include "target.h"

enum { AT_ONCE = 64 }; /* so many orders leave the endpoint's queue of outputs room */

struct order {
    const char *doing;  /* key of the result: "rekeying" */
    const char *cannot; /* "it cannot be rekeyed now" */
    ike2_err (*ike)(const struct host *h, uint64_t id);
    ike2_err (*child)(const struct host *h, uint64_t id); /* NULL: not of one */
    bool is_renewal;
};

/* --- Carrying out ------------------------------------------------------------------------ */

static const char *explain(const struct order *o, const struct book *b, uint64_t id, ike2_err err)
{
    ike2_sa_info info = IKE2_INIT(ike2_sa_info);

    if (err == IKE2_ERR_STALE)
        return "it has gone meanwhile";
    if (o->is_renewal && ike2_sa_get(b->host->ep, id, &info) == IKE2_OK &&
        !info.initiator)
        return "the peer has begun this IKE SA: to authenticate anew is its turn";
    return err == IKE2_ERR_UNSUPPORTED ? "the library cannot do that" : o->cannot;
}

/* One after the other; NULL if all refuse, and why the last one does. */
static json_t *carry_out(const struct order *o, const struct book *b, const struct targets *t,
                         struct problem *why)
{
    ike2_err (*act)(const struct host *, uint64_t) = t->are_children ? o->child : o->ike;
    json_t *ids = json_array(), *refused = json_array();
    size_t i;

    for (i = 0; i < t->n; i++) {
        ike2_err err = act(b->host, t->ids[i]);

        if (err == IKE2_OK) {
            (void)json_array_append_new(ids, json_integer((json_int_t)t->ids[i]));
        } else {
            problem_set(why, "%s", explain(o, b, t->ids[i], err));
            (void)json_array_append_new(
                refused, json_pack("{s:I, s:s}", "id", (json_int_t)t->ids[i], "error", why->text));
        }
        if (i % AT_ONCE == AT_ONCE - 1)
            host_drain(b->host);
    }
    if (json_array_size(ids) > 0)
        return json_pack("{s:s, s:o, s:o}", o->doing, t->are_children ? "child-sa" : "ike-sa",
                         "ids", ids, "refused", refused);
    json_decref(ids);
    json_decref(refused);
    return NULL;
}

static json_t *run(const struct order *o, const struct book *b, const json_t *request,
                   struct problem *why)
{
    json_t *result = NULL;
    struct targets t;

    if (targets_find(&t, b, request, why)) {
        if (t.are_children && o->child == NULL)
            problem_set(why, "a Child SA proves nothing by itself: name its IKE SA");
        else
            result = carry_out(o, b, &t, why);
    }
    if (result != NULL && t.n == 1)
        (void)json_object_set_new(result, "id", json_integer((json_int_t)t.ids[0]));
    targets_clear(&t);
    return result;
}

/* --- The orders -------------------------------------------------------------------------- */

static ike2_err rekey_sa(const struct host *h, uint64_t id)
{
    return journal_sa_rekey(h->journal, h->ep, host_now(), id);
}

static ike2_err rekey_child(const struct host *h, uint64_t id)
{
    return journal_child_rekey(h->journal, h->ep, host_now(), id, 0);
}

static ike2_err reauth_sa(const struct host *h, uint64_t id)
{
    return journal_sa_reauth(h->journal, h->ep, host_now(), id);
}

/* What is not up, or is ending already, goes without a word to the peer. */
static ike2_err close_sa(const struct host *h, uint64_t id)
{
    ike2_err err = journal_sa_close(h->journal, h->ep, host_now(), id);

    return err == IKE2_ERR_STATE ? journal_sa_drop(h->journal, h->ep, host_now(), id) : err;
}

static ike2_err close_child(const struct host *h, uint64_t id)
{
    return journal_child_close(h->journal, h->ep, host_now(), id);
}

static json_t *run_rekey(void *user, const json_t *request, struct problem *why)
{
    static const struct order order = { "rekeying", "it cannot be rekeyed now", rekey_sa,
                                        rekey_child, false };

    return run(&order, user, request, why);
}

static json_t *run_reauth(void *user, const json_t *request, struct problem *why)
{
    static const struct order order = { "reauthenticating", "it cannot be authenticated anew now",
                                        reauth_sa, NULL, true };

    return run(&order, user, request, why);
}

static json_t *run_terminate(void *user, const json_t *request, struct problem *why)
{
    static const struct order order = { "terminating", "it cannot be terminated now", close_sa,
                                        close_child, false };

    return run(&order, user, request, why);
}

const struct control_command order_commands[] = {
    { "rekey", run_rekey },
    { "reauth", run_reauth },
    { "terminate", run_terminate },
};
const size_t n_order_commands = sizeof order_commands / sizeof order_commands[0];
