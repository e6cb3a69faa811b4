/* tables - writes doc/tables.md from the tables of the code: moves between states, messages,
 * payloads of a message, collisions. */
#include <stdio.h>

#include "sa/collision.h"
#include "sa/dispatch.h"
#include "sa/exchange.h"
#include "wire/rules.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static size_t without_words;

static const char *words_of(const char *const words[], size_t n, size_t i)
{
    if (i < n && words[i] != NULL)
        return words[i];
    without_words++;
    return "?";
}

/* --- States ----------------------------------------------------------------------------- */

static void put_moves(void)
{
    const struct sa_move *m;

    (void)printf("\n## Moves between the states of an IKE SA\n\n"
                 "`lib/sa/sa.c`. `ike2_sa_enter` makes each, traces it, and asserts that it is one "
                 "of these.\n\n"
                 "| From | To | When |\n|---|---|---|\n");
    for (size_t i = 0; (m = ike2_sa_move(i)) != NULL; i++)
        (void)printf("| %s | %s | %s |\n", ike2_sa_state_name(m->from), ike2_sa_state_name(m->to),
                     m->when);
}

/* --- Messages --------------------------------------------------------------------------- */

static const char *kind_of(bool is_response)
{
    return is_response ? "response" : "request";
}

static void put_message(const struct dispatch_row *r)
{
    static const char *const roles[] = { NULL, "initiator", "responder", "either" };
    const char *separator = "";

    (void)printf("| %s | ", words_of(roles, COUNT(roles), r->roles));
    for (unsigned s = 0; s < STATE_COUNT; s++) {
        if ((r->states >> s & 1) == 0)
            continue;
        (void)printf("%s%s", separator, ike2_sa_state_name((enum state)s));
        separator = ", ";
    }
    (void)printf(" | %s | %s | %s |\n", ike2_exchange_name(r->exchange), kind_of(r->is_response),
                 r->rule);
}

static void put_messages(void)
{
    const struct dispatch_row *r;

    (void)printf("\n## Messages\n\n"
                 "`lib/sa/dispatch.c`. Which message is dealt with in which state; what has no row "
                 "is dropped.\n\n"
                 "| Role | States | Exchange | | Rule |\n|---|---|---|---|---|\n");
    for (size_t i = 0; (r = ike2_dispatch_row(i)) != NULL; i++)
        put_message(r);
}

/* --- Payloads --------------------------------------------------------------------------- */

static void put_set(uint16_t set, const char *before)
{
    const char *separator = before;

    for (unsigned row = 0; row < MESSAGE_ROWS; row++) {
        if ((set >> row & 1) == 0)
            continue;
        (void)printf("%s%s", separator, ike2_payload_name((uint8_t)(MESSAGE_FIRST + row)));
        separator = ", ";
    }
}

/* The condition, in words; nothing: whatever no form above has taken. */
static void put_condition(const struct message_form *f)
{
    if (f->is_refused)
        (void)printf("refused");
    put_set(f->has, f->is_refused ? ", with " : "with ");
    put_set(f->lacks, f->is_refused || f->has != 0 ? ", without " : "without ");
}

static void put_form(const struct message_form *f)
{
    (void)printf("| %s | %s | ", ike2_exchange_name(f->exchange), kind_of(f->is_response));
    put_condition(f);
    (void)printf(" | ");
    put_set(f->once, "");
    (void)printf(" | ");
    put_set(f->maybe, "");
    (void)printf(" | ");
    put_set(f->many, "");
    (void)printf(" | %s |\n", f->rule);
}

static void put_forms(void)
{
    const struct message_form *f;

    (void)printf(
        "\n## Payloads\n\n"
        "`lib/wire/rules.c`. A message counts as the first form whose condition it meets; refused "
        "is one\nwith an error notify, in IKE_SA_INIT also a cookie, and no SA payload. Notify and "
        "Vendor ID payloads\nmay be anywhere, any number of them (3.10.1). A payload of an unknown "
        "type is refused if it is\ncritical, else skipped (2.5).\n\n"
        "| Exchange | | If | Exactly one | At most one | Any number | Rule |\n"
        "|---|---|---|---|---|---|---|\n");
    for (size_t i = 0; (f = ike2_rules_form(i)) != NULL; i++)
        put_form(f);
}

/* --- Collisions ------------------------------------------------------------------------- */

static const char *const doings[DOING_COUNT] = {
    [DOING_NOTHING] = "nothing that it could meet",
    [DOING_CREATE_CHILD] = "creating a Child SA",
    [DOING_REKEY_CHILD] = "rekeying this Child SA",
    [DOING_DELETE_CHILD] = "deleting this Child SA",
    [DOING_REKEY_OTHER] = "rekeying another Child SA",
    [DOING_REKEY_SA] = "rekeying the IKE SA",
    [DOING_REKEYED_SA] = "rekeying the IKE SA, answered already",
    [DOING_DELETE_SA] = "deleting the IKE SA",
    [DOING_REAUTH] = "reauthenticating",
};

static const char *const askings[ASKING_COUNT] = {
    [ASKING_CREATE_CHILD] = "a new Child SA",
    [ASKING_REKEY_CHILD] = "to rekey a Child SA",
    [ASKING_REKEY_UNKNOWN] = "to rekey a Child SA that we do not have",
    [ASKING_REKEY_SA] = "to rekey the IKE SA",
    [ASKING_DELETE_CHILD] = "to delete a Child SA",
    [ASKING_DELETE_SA] = "to delete the IKE SA",
    [ASKING_REAUTH] = "for a new IKE SA",
};

static void put_collisions(void)
{
    static const char *const outcomes[] = {
        [COLLISION_PROCEED] = "proceed",
        [COLLISION_COMPARE] = "proceed; the lowest of four nonces loses",
        [COLLISION_LATER] = "TEMPORARY_FAILURE",
        [COLLISION_NOT_FOUND] = "CHILD_SA_NOT_FOUND",
        [COLLISION_CROSSED] = "proceed; no Delete in the response",
        [COLLISION_FORGET] = "proceed; ours is forgotten",
        [COLLISION_UNHEARD] = "as if lost, until ours is done",
    };
    const struct collision_row *r;

    (void)printf("\n## Collisions\n\n"
                 "`lib/sa/collision.c`. What we are doing when a request of the peer arrives, and "
                 "what becomes of\nthe request. Both ends go by it: a collision is one row at each "
                 "end, that of what it does itself.\nThe order of the two requests does not "
                 "matter, but for the IKE SA's rekeying, which has a row of\nits own for the time "
                 "when our request has been answered and the response is still being dealt\nwith: "
                 "what we do begins when we want it (a question, a job, the request) and ends with "
                 "the response.\n\n"
                 "| We are | The peer asks | Outcome | Rule |\n|---|---|---|---|\n");
    for (size_t i = 0; (r = ike2_collision_row(i)) != NULL; i++)
        (void)printf("| %s | %s | %s | %s |\n", words_of(doings, COUNT(doings), r->doing),
                     words_of(askings, COUNT(askings), r->asking),
                     words_of(outcomes, COUNT(outcomes), r->outcome), r->rule);
}

int main(void)
{
    (void)printf("# Tables\n\n"
                 "The tables that decide what the library does with a message, as they are in the "
                 "code. This file is\nwritten by a program from them (`tests/tools/tables.c`); a "
                 "test fails when it is stale. Numbers are\nsections of RFC 7296. What the states "
                 "mean is in `architecture.md`.\n");
    put_moves();
    put_messages();
    put_forms();
    put_collisions();
    if (without_words != 0)
        (void)fprintf(stderr, "tests/tools/tables.c: %zu cells have no words yet\n", without_words);
    return without_words == 0 ? 0 : 1;
}
