/* sim/ladder.c - what has happened between the sides, recorded and drawn. */
#include "sim/ladder.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/letter.h"

/* Between the two columns. */
enum { INNER = 62, LABEL = 60 };

/* --- Recording ------------------------------------------------------------------------ */

struct ladder *ladder_new(void)
{
    struct ladder *l = calloc(1, sizeof *l);

    if (l == NULL)
        abort();
    return l;
}

void ladder_free(struct ladder *l)
{
    for (size_t i = 0; l != NULL && i < LADDER_RUNGS; i++)
        free(l->rungs[i].octets);
    free(l);
}

static struct rung *rung_new(struct ladder *l, enum rung_kind kind, ike2_time now,
                             const struct packet *p)
{
    struct rung *r = &l->rungs[l->n++ % LADDER_RUNGS];

    free(r->octets);
    *r = (struct rung){ .kind = kind, .at = now };
    if (p == NULL)
        return r;
    r->number = p->number;
    r->is_copy = p->is_copy;
    r->from = p->from;
    r->to = p->to;
    return r;
}

void ladder_sent(struct ladder *l, ike2_time now, struct packet *p)
{
    struct rung *r;

    if (l == NULL)
        return;
    p->number = ++l->n_datagrams;
    r = rung_new(l, RUNG_SENT, now, p);
    r->octets = malloc(p->len + 1);
    if (r->octets == NULL)
        abort();
    memcpy(r->octets, p->octets, p->len);
    r->len = p->len;
}

void ladder_arrived(struct ladder *l, ike2_time now, const struct packet *p)
{
    if (l != NULL)
        (void)rung_new(l, RUNG_ARRIVED, now, p);
}

void ladder_lost(struct ladder *l, ike2_time now, const struct packet *p)
{
    if (l != NULL)
        (void)rung_new(l, RUNG_LOST, now, p);
}

void ladder_said(struct ladder *l, ike2_time now, const ike2_addr *who, const char *text)
{
    struct rung *r;

    if (l == NULL)
        return;
    r = rung_new(l, RUNG_SAID, now, NULL);
    r->from = *who;
    (void)snprintf(r->text, sizeof r->text, "%s", text);
}

static const char *event_name(uint32_t type)
{
    switch (type) {
    case IKE2_EVENT_SA_UP: return "SA_UP";
    case IKE2_EVENT_SA_REKEYED: return "SA_REKEYED";
    case IKE2_EVENT_SA_MOVED: return "SA_MOVED";
    case IKE2_EVENT_SA_DOWN: return "SA_DOWN";
    case IKE2_EVENT_CHILD_UP: return "CHILD_UP";
    case IKE2_EVENT_CHILD_REKEYED: return "CHILD_REKEYED";
    case IKE2_EVENT_CHILD_DOWN: return "CHILD_DOWN";
    default: return "EVENT";
    }
}

void ladder_event(struct ladder *l, ike2_time now, const ike2_addr *who, const ike2_output *out)
{
    char text[RUNG_TEXT];
    uint8_t reason = 0;

    if (out->type == IKE2_EVENT_SA_DOWN)
        reason = out->u.sa.reason;
    else if (out->type == IKE2_EVENT_CHILD_DOWN)
        reason = out->u.child.reason;
    (void)snprintf(text, sizeof text, "%s %" PRIu64, event_name(out->type),
                   out->child != 0 ? out->child : out->sa);
    if (reason != 0)
        (void)snprintf(text + strlen(text), sizeof text - strlen(text), ", reason %u", reason);
    ladder_said(l, now, who, text);
}

/* --- Who and what --------------------------------------------------------------------- */

static const struct side *side_of(const struct world *w, const ike2_addr *addr)
{
    const struct nat_box *nats = w->net.nats;
    const ike2_addr *inside = addr;

    for (size_t i = 0; i < NET_NATS; i++) {
        if (nats[i].is_on && net_same_ip(&nats[i].outside, addr))
            inside = &nats[i].inside;
    }
    for (size_t i = 0; i < w->n_sides; i++) {
        if (net_same_ip(&w->sides[i]->addr, inside))
            return w->sides[i];
    }
    return NULL;
}

static const char *name_of(const struct world *w, const ike2_addr *addr)
{
    const struct side *s = side_of(w, addr);

    return s == NULL ? "?" : s->name;
}

static uint64_t first_of(const struct ladder *l)
{
    return l->n > LADDER_RUNGS ? l->n - LADDER_RUNGS : 0;
}

static const struct rung *rung_at(const struct ladder *l, uint64_t i)
{
    return &l->rungs[i % LADDER_RUNGS];
}

/* Where the datagram of `r` was sent; NULL: longer ago than is kept. */
static const struct rung *sending_of(const struct ladder *l, const struct rung *r)
{
    for (uint64_t i = first_of(l); i < l->n; i++) {
        if (rung_at(l, i)->kind == RUNG_SENT && rung_at(l, i)->number == r->number)
            return rung_at(l, i);
    }
    return NULL;
}

/* RFC 7296 2.1: a retransmission has the same octets. 0: none was sent before. */
static uint64_t said_before(const struct ladder *l, const struct rung *r)
{
    for (uint64_t i = first_of(l); i < l->n && rung_at(l, i) != r; i++) {
        const struct rung *before = rung_at(l, i);

        if (before->kind == RUNG_SENT && before->len == r->len &&
            memcmp(before->octets, r->octets, r->len) == 0)
            return before->number;
    }
    return 0;
}

/* "#7 CREATE_CHILD_SA 2 request", and the payloads. */
static void describe(const struct ladder *l, const struct world *w, const struct rung *r,
                     char label[LABEL], char payloads[LETTER_TEXT])
{
    const struct rung *sent = sending_of(l, r);
    char name[LETTER_TEXT] = "";
    struct letter letter;

    payloads[0] = '\0';
    if (sent != NULL) {
        letter_read(w, (ike2_bytes){ .ptr = sent->octets, .len = sent->len }, sent->to.port,
                    &letter);
        letter_name(&letter, name);
    }
    (void)snprintf(label, LABEL, " #%" PRIu64 " %.*s ", r->number, LABEL - 12, name);
    if (sent != r)
        return;
    if (said_before(l, r) != 0)
        (void)snprintf(payloads, LETTER_TEXT, "#%" PRIu64 " again", said_before(l, r));
    else
        letter_payloads(&letter, payloads);
}

/* --- Two columns ---------------------------------------------------------------------- */

/* The shaft of an arrow that begins here, ends here, or both; what it lacks is dotted. */
static void draw_arrow(char line[INNER + 1], const char *label, bool to_right, bool begins,
                       bool ends)
{
    size_t len = strlen(label) < INNER - 8 ? strlen(label) : INNER - 8, at = (INNER - len) / 2;
    bool left = to_right ? begins : ends, right = to_right ? ends : begins;

    memset(line, ' ', INNER);
    line[INNER] = '\0';
    if (left)
        memset(line, '-', at);
    if (right)
        memset(line + at + len, '-', INNER - at - len);
    memcpy(line + at, label, len);
    if (ends)
        line[to_right ? INNER - 1 : 0] = to_right ? '>' : '<';
    if (!left)
        memcpy(line + at - 3, "...", 3);
    if (!right)
        memcpy(line + at + len, "...", 3);
}

static void draw_lost(char line[INNER + 1], bool to_right)
{
    char *at = to_right ? strstr(line, "...") : line + strspn(line, " ");

    if (at != NULL)
        memcpy(at, " X ", 3);
}

static void draw_said(char line[INNER + 1], const char *text, bool at_left)
{
    size_t len = strlen(text) < INNER - 2 ? strlen(text) : INNER - 2;

    memset(line, ' ', INNER);
    line[INNER] = '\0';
    line[at_left ? 0 : INNER - 1] = '*';
    memcpy(line + (at_left ? 2 : INNER - 2 - len), text, len);
}

/* What became of the datagram at once, or NULL. */
static const struct rung *fate_of(const struct ladder *l, uint64_t i)
{
    const struct rung *r = rung_at(l, i), *next = i + 1 < l->n ? rung_at(l, i + 1) : NULL;

    if (r->kind != RUNG_SENT || next == NULL || next->number != r->number || next->is_copy ||
        (next->kind != RUNG_ARRIVED && next->kind != RUNG_LOST))
        return NULL;
    return next;
}

static bool is_at_left(const struct world *w, const ike2_addr *who)
{
    return side_of(w, who) == w->sides[0];
}

/* Returns how many rungs have been drawn. */
static uint64_t draw(const struct ladder *l, const struct world *w, uint64_t i)
{
    const struct rung *r = rung_at(l, i), *fate = fate_of(l, i), *end = fate != NULL ? fate : r;
    char line[INNER + 1], label[LABEL], payloads[LETTER_TEXT] = "", until[24] = "";
    bool to_right = is_at_left(w, &r->from);

    if (r->kind == RUNG_SAID) {
        draw_said(line, r->text, to_right);
    } else {
        describe(l, w, r, label, payloads);
        draw_arrow(line, label, to_right, r->kind == RUNG_SENT, end->kind == RUNG_ARRIVED);
    }
    if (end->kind == RUNG_LOST)
        draw_lost(line, to_right);
    if (fate != NULL && fate->at != r->at)
        (void)snprintf(until, sizeof until, "%" PRIu64, fate->at - WORLD_START);
    (void)fprintf(stderr, "%8" PRIu64 " %7s |%s|%s%s%s%s\n", r->at - WORLD_START, until, line,
                  payloads[0] != '\0' ? " " : "", payloads, r->is_copy ? " a copy" : "",
                  end->kind == RUNG_LOST ? " lost" : "");
    return fate != NULL ? 2 : 1;
}

static void print_columns(const struct ladder *l, const struct world *w)
{
    (void)fprintf(stderr, "      ms   until %s%*s\n", w->sides[0]->name, INNER + 1,
                  w->sides[1]->name);
    for (uint64_t i = first_of(l); i < l->n;)
        i += draw(l, w, i);
}

/* --- More than two -------------------------------------------------------------------- */

static void print_line(const struct ladder *l, const struct world *w, const struct rung *r)
{
    static const char *const what[] = {
        [RUNG_SENT] = "sends", [RUNG_ARRIVED] = "arrives", [RUNG_LOST] = "is lost",
    };
    char label[LABEL], payloads[LETTER_TEXT];

    (void)fprintf(stderr, "%8" PRIu64 " ", r->at - WORLD_START);
    if (r->kind == RUNG_SAID) {
        (void)fprintf(stderr, "%-8s * %s\n", name_of(w, &r->from), r->text);
        return;
    }
    describe(l, w, r, label, payloads);
    (void)fprintf(stderr, "%s -> %s %s%s%s%s\n", name_of(w, &r->from), name_of(w, &r->to),
                  what[r->kind], label, payloads, r->is_copy ? " a copy" : "");
}

void ladder_print(const struct ladder *l, const struct world *w)
{
    if (l == NULL || l->n == 0)
        return;
    if (w->n_sides == 2) {
        print_columns(l, w);
        return;
    }
    for (uint64_t i = first_of(l); i < l->n; i++)
        print_line(l, w, rung_at(l, i));
}
