/* sim/learner.c - learns a Mealy machine from its answers. */
#include "sim/learner.h"

#include <stdlib.h>
#include <string.h>

#include "sim/dice.h"

enum { OUTPUTS_MAX = 256, SUFFIXES_MAX = 64, NODES_STEP = 4096, FROM_START = 4 };

/* What has been asked before, as a tree of words. */
struct node {
    uint32_t next[LEARNER_SYMBOLS]; /* 0: not asked yet */
    uint16_t outs[LEARNER_SYMBOLS];
};

struct learner {
    const struct subject *subject;
    struct node *nodes;
    uint32_t n_nodes;
    char outputs[OUTPUTS_MAX][LEARNER_OUTPUT];
    uint16_t n_outputs;
    struct word states[LEARNER_STATES]; /* a way to each */
    size_t n_states;
    struct word suffixes[SUFFIXES_MAX];
    size_t n_suffixes;
    struct dice dice;
    struct effort effort;
    bool is_too_large;
};

/* --- Asking --------------------------------------------------------------------------- */

static uint32_t node_new(struct learner *l)
{
    if (l->n_nodes % NODES_STEP == 0) {
        l->nodes = realloc(l->nodes, (l->n_nodes + NODES_STEP) * sizeof *l->nodes);
        if (l->nodes == NULL)
            abort();
    }
    memset(&l->nodes[l->n_nodes], 0, sizeof l->nodes[0]);
    return l->n_nodes++;
}

static uint16_t output_number(struct learner *l, const char *text)
{
    for (uint16_t i = 0; i < l->n_outputs; i++) {
        if (strcmp(l->outputs[i], text) == 0)
            return i;
    }
    if (l->n_outputs == OUTPUTS_MAX)
        abort();
    memcpy(l->outputs[l->n_outputs], text, strlen(text) + 1);
    return l->n_outputs++;
}

static bool is_known(const struct learner *l, const struct word *w)
{
    uint32_t at = 0;

    for (size_t i = 0; i < w->len; i++) {
        at = l->nodes[at].next[w->symbols[i]];
        if (at == 0)
            return false;
    }
    return true;
}

static void ask(struct learner *l, const struct word *w)
{
    void *run = l->subject->begin();
    uint32_t at = 0;

    l->effort.n_words++;
    l->effort.n_symbols += w->len;
    for (size_t i = 0; i < w->len; i++) {
        size_t symbol = w->symbols[i];
        char text[LEARNER_OUTPUT] = "";

        l->subject->step(run, symbol, text);
        if (l->nodes[at].next[symbol] == 0) {
            uint32_t child = node_new(l);

            l->nodes[at].next[symbol] = child;
            l->nodes[at].outs[symbol] = output_number(l, text);
        }
        at = l->nodes[at].next[symbol];
    }
    l->subject->end(run);
}

/* The number of the answer to the last symbols of a word, `from` on, all together. */
static uint64_t answer(struct learner *l, const struct word *w, size_t from)
{
    uint64_t sum = 1;
    uint32_t at = 0;

    if (!is_known(l, w))
        ask(l, w);
    for (size_t i = 0; i < w->len; i++) {
        if (i >= from)
            sum = mix(sum + l->nodes[at].outs[w->symbols[i]]);
        at = l->nodes[at].next[w->symbols[i]];
    }
    return sum;
}

static struct word joined(struct learner *l, const struct word *a, const struct word *b)
{
    struct word w = *a;

    if (a->len + b->len > LEARNER_WORD) {
        l->is_too_large = true;
        return w;
    }
    memcpy(w.symbols + w.len, b->symbols, b->len);
    w.len += b->len;
    return w;
}

static struct word one_more(struct learner *l, const struct word *a, size_t symbol)
{
    const struct word b = { .symbols = { (uint8_t)symbol }, .len = 1 };

    return joined(l, a, &b);
}

/* --- The table ------------------------------------------------------------------------ */

static bool same_row(struct learner *l, const struct word *a, const struct word *b)
{
    for (size_t i = 0; i < l->n_suffixes; i++) {
        const struct word x = joined(l, a, &l->suffixes[i]), y = joined(l, b, &l->suffixes[i]);

        if (l->is_too_large || answer(l, &x, a->len) != answer(l, &y, b->len))
            return false;
    }
    return true;
}

/* The state that a word leads to; n_states: a new one. */
static size_t state_of(struct learner *l, const struct word *w)
{
    size_t i = 0;

    while (i < l->n_states && !same_row(l, w, &l->states[i]))
        i++;
    return i;
}

static bool add_state(struct learner *l, const struct word *w)
{
    if (l->n_states == LEARNER_STATES || l->is_too_large)
        return false;
    l->states[l->n_states++] = *w;
    return true;
}

/* Every step from a state leads to a state. */
static bool close_table(struct learner *l, struct machine *m)
{
    m->n_symbols = l->subject->n_symbols;
    for (size_t i = 0; i < l->n_states; i++) {
        for (size_t a = 0; a < m->n_symbols; a++) {
            const struct word w = one_more(l, &l->states[i], a);
            struct edge *e = &m->edges[i][a];
            uint32_t at = 0;

            e->to = state_of(l, &w);
            if (l->is_too_large || (e->to == l->n_states && !add_state(l, &w)))
                return false;
            for (size_t k = 0; k + 1 < w.len; k++)
                at = l->nodes[at].next[w.symbols[k]];
            memcpy(e->out, l->outputs[l->nodes[at].outs[a]], sizeof e->out);
        }
    }
    m->n_states = l->n_states;
    return true;
}

/* --- Differences ---------------------------------------------------------------------- */

static size_t walk(const struct machine *m, const struct word *w, size_t len)
{
    size_t at = 0;

    for (size_t i = 0; i < len; i++)
        at = m->edges[at][w->symbols[i]].to;
    return at;
}

/* Where the subject first answers otherwise than the machine; len: nowhere. */
static size_t difference(struct learner *l, const struct machine *m, const struct word *w)
{
    uint32_t node = 0;
    size_t at = 0;

    (void)answer(l, w, 0);
    for (size_t i = 0; i < w->len; i++) {
        const struct edge *e = &m->edges[at][w->symbols[i]];

        if (strcmp(e->out, l->outputs[l->nodes[node].outs[w->symbols[i]]]) != 0)
            return i;
        at = e->to;
        node = l->nodes[node].next[w->symbols[i]];
    }
    return w->len;
}

static struct word random_word(struct learner *l)
{
    const struct subject *s = l->subject;
    struct word w = { .len = 0 };
    size_t len = 4 + dice_below(&l->dice, 10);

    if (dice_below(&l->dice, FROM_START) != 0) {
        memcpy(w.symbols, s->prefix, s->n_prefix);
        w.len = s->n_prefix;
    }
    while (len-- > 0 && w.len < LEARNER_WORD)
        w.symbols[w.len++] = (uint8_t)dice_below(&l->dice, (uint32_t)s->n_symbols);
    return w;
}

/* Rivest and Schapire: at one symbol of the word the machine's state and the subject part; what is
 * behind it tells them apart. */
static bool learn_from(struct learner *l, const struct machine *m, const struct word *w)
{
    for (size_t i = 0; i < w->len; i++) {
        const struct word *here = &l->states[walk(m, w, i)], *next = &l->states[walk(m, w, i + 1)];
        struct word rest = { .len = w->len - i }, behind = { .len = w->len - i - 1 }, x, y;

        memcpy(rest.symbols, w->symbols + i, rest.len);
        memcpy(behind.symbols, w->symbols + i + 1, behind.len);
        x = joined(l, here, &rest);
        y = joined(l, next, &behind);
        if (l->is_too_large || behind.len == 0)
            return false;
        if (answer(l, &x, here->len + 1) != answer(l, &y, next->len)) {
            if (l->n_suffixes == SUFFIXES_MAX)
                return false;
            l->suffixes[l->n_suffixes++] = behind;
            return true;
        }
    }
    return false;
}

static bool search(struct learner *l, const struct machine *m, size_t n_tests, bool *found)
{
    *found = false;
    for (size_t i = 0; i < n_tests && !*found; i++) {
        struct word w = random_word(l);
        size_t at = difference(l, m, &w);

        if (at == w.len)
            continue;
        w.len = at + 1;
        *found = true;
        if (!learn_from(l, m, &w))
            return false;
    }
    return true;
}

bool learn(const struct subject *s, size_t n_tests, struct machine *out, struct effort *effort)
{
    struct learner *l = calloc(1, sizeof *l);
    bool found = true, ok = true;

    if (l == NULL)
        abort();
    l->subject = s;
    l->n_states = 1;
    (void)node_new(l);
    for (size_t a = 0; a < s->n_symbols; a++)
        l->suffixes[l->n_suffixes++] = (struct word){ .symbols = { (uint8_t)a }, .len = 1 };
    while (ok && found) {
        l->effort.n_rounds++;
        ok = close_table(l, out) && search(l, out, n_tests, &found);
    }
    *effort = l->effort;
    free(l->nodes);
    free(l);
    return ok;
}

/* --- Comparison ----------------------------------------------------------------------- */

/* A pair of states, one of each machine, and how it was come to. */
struct meeting {
    size_t a, b;
    struct word way;
};

static bool is_new(const struct meeting *list, size_t n, size_t a, size_t b)
{
    for (size_t i = 0; i < n; i++) {
        if (list[i].a == a && list[i].b == b)
            return false;
    }
    return true;
}

/* Returns whether they differ at this pair; else notes the pairs behind it. */
static bool meet(const struct machine *a, const struct machine *b, struct meeting *list, size_t *n,
                 size_t at)
{
    for (size_t s = 0; s < a->n_symbols; s++) {
        const struct edge *x = &a->edges[list[at].a][s], *y = &b->edges[list[at].b][s];
        struct word way = list[at].way;

        if (way.len < LEARNER_WORD)
            way.symbols[way.len++] = (uint8_t)s;
        if (strcmp(x->out, y->out) != 0) {
            list[at].way = way;
            return true;
        }
        if (is_new(list, *n, x->to, y->to))
            list[(*n)++] = (struct meeting){ .a = x->to, .b = y->to, .way = way };
    }
    return false;
}

bool machines_differ(const struct machine *a, const struct machine *b, struct word *out)
{
    struct meeting *list = calloc(LEARNER_STATES * LEARNER_STATES, sizeof *list);
    bool differ = a->n_symbols != b->n_symbols;
    size_t n = 1;

    if (list == NULL)
        abort();
    for (size_t at = 0; at < n && !differ; at++) {
        differ = meet(a, b, list, &n, at);
        if (differ)
            *out = list[at].way;
    }
    free(list);
    return differ;
}
