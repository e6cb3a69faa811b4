#include "recording.h"

#include <stdlib.h>
#include <string.h>

#include "replay.h"

enum { HEADER_OCTETS = 28 };

/* What was sealed, and in which order, stands on the tape: the message, or its fragments. */
static bool take_chain(struct recording *r)
{
    const struct tape *t = r->tapes[SUITE_INITIATOR];

    for (size_t i = 0; i < t->n; i++) {
        const struct sealed_call *s = &t->calls[i].u.sealed;
        ike2_bytes inner;

        if (t->calls[i].kind != CALL_SEAL)
            continue;
        if (ike2_sk_unpad(s->before, &inner) != IKE2_OK || s->args.aad.len <= HEADER_OCTETS ||
            inner.len > sizeof r->chain - r->chain_len)
            return false;
        if (r->chain_len == 0) /* Next Payload of SK, and of the first SKF, 3.14 */
            r->chain_first = s->args.aad.ptr[HEADER_OCTETS];
        memcpy(r->chain + r->chain_len, inner.ptr, inner.len);
        r->chain_len += inner.len;
    }
    return r->chain_len != 0;
}

static bool run(struct recording *r, struct pair *p, struct problem *why)
{
    const struct inbox *inbox = &p->sides[SUITE_RESPONDER].inbox;

    /* What happens but once in the life of an endpoint is over by then. */
    if (!pair_establish(p, 1, why))
        return false;
    for (size_t i = 0; i < SUITE_SIDES; i++)
        r->tapes[i]->is_on = true;
    if (!pair_connect(p, 1, why))
        return false;
    r->request = inbox->slots[inbox->first];
    pair_settle(p);
    for (size_t i = 0; i < SUITE_SIDES; i++)
        r->tapes[i]->is_on = false;
    return true;
}

static bool check(struct recording *r, struct problem *why)
{
    bool good = take_chain(r);

    for (size_t i = 0; i < SUITE_SIDES && good; i++)
        good = !r->tapes[i]->is_full && r->tapes[i]->n != 0 && replay_tape(r->tapes[i]);
    if (!good)
        problem_set(why, "a handshake cannot be taken down: its calls do not repeat");
    return good;
}

struct recording *recording_make(const struct suite *suite, struct problem *why)
{
    struct recording *r = calloc(1, sizeof *r);
    struct pair_means means = { 0 };
    struct pair *p = NULL;
    bool good = r != NULL;

    for (size_t i = 0; i < SUITE_SIDES && good; i++) {
        means.tapes[i] = r->tapes[i] = tape_new(suite->provider->crypto);
        good = means.tapes[i] != NULL;
    }
    if (!good)
        problem_set(why, "no memory");
    else
        p = pair_new(suite, &means, why);
    good = p != NULL && run(r, p, why) && check(r, why);
    pair_free(p);
    if (good)
        return r;
    recording_free(r);
    return NULL;
}

void recording_free(struct recording *r)
{
    if (r == NULL)
        return;
    for (size_t i = 0; i < SUITE_SIDES; i++)
        tape_free(r->tapes[i]);
    free(r);
}
