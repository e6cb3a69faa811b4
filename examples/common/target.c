#include "target.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "nearest.h"
#include "value.h"

enum { IDS_AT_ONCE = 64, NAMES_MAX = 4096 };

/* What the request says. */
struct wish {
    const char *name; /* NULL = everything */
    bool ike, child;  /* which kinds may be meant */
};

static bool add(struct targets *t, uint64_t id)
{
    if (t->n == t->cap) {
        uint64_t *grown = realloc(t->ids, (t->cap + IDS_AT_ONCE) * sizeof *grown);

        if (grown == NULL)
            return false;
        t->ids = grown;
        t->cap += IDS_AT_ONCE;
    }
    t->ids[t->n++] = id;
    return true;
}

void targets_clear(struct targets *t)
{
    free(t->ids);
    *t = (struct targets){ 0 };
}

/* --- By name ----------------------------------------------------------------------------- */

static bool is_ike_sa(const struct book *b, ike2_sa_id sa, const char *name)
{
    const struct connection *c = book_of_sa(b, sa);
    ike2_sa_info info = IKE2_INIT(ike2_sa_info);
    char remote[ID_TEXT];

    if (name == NULL || (c != NULL && strcmp(c->name, name) == 0))
        return true;
    if (ike2_sa_get(b->host->ep, sa, &info) != IKE2_OK || info.remote_id.type == 0)
        return false;
    id_text(&info.remote_id, remote);
    return strcmp(remote, name) == 0;
}

static bool is_child_sa(const struct book *b, ike2_child_id child, const char *name)
{
    ike2_child_info info = IKE2_INIT(ike2_child_info);
    const struct connection_child *is;
    const struct connection *c;
    size_t len;

    if (name == NULL)
        return true;
    if (ike2_child_get(b->host->ep, child, &info) != IKE2_OK)
        return false;
    c = book_of_sa(b, info.sa);
    is = book_child(c, info.tag);
    if (is == NULL)
        return false;
    len = strlen(c->name);
    if (strncmp(name, c->name, len) == 0 && name[len] == '/')
        name += len + 1;
    else if (strcmp(name, c->name) == 0)
        return true;
    return strcmp(name, is->name) == 0;
}

static bool find_ike_sas(struct targets *t, const struct book *b, const char *name)
{
    bool ok = true;
    ike2_sa_id sa;

    for (sa = ike2_sa_next(b->host->ep, 0); sa != 0 && ok; sa = ike2_sa_next(b->host->ep, sa))
        ok = !is_ike_sa(b, sa, name) || add(t, sa);
    return ok;
}

static bool find_child_sas(struct targets *t, const struct book *b, const char *name)
{
    const ike2_endpoint *ep = b->host->ep;
    ike2_child_id child;
    bool ok = true;

    t->are_children = true;
    for (child = ike2_child_next(ep, 0, 0); child != 0 && ok; child = ike2_child_next(ep, 0, child))
        ok = !is_child_sa(b, child, name) || add(t, child);
    return ok;
}

/* --- What there is instead --------------------------------------------------------------- */

/* Names of connections and of their children; how many. */
static size_t list_names(const struct book *b, const char **words)
{
    const struct connection *c;
    size_t i, k, n = 0;

    for (i = 0; (c = b->listed(b->user, i)) != NULL; i++) {
        if (n < NAMES_MAX)
            words[n++] = c->name;
        for (k = 0; k < c->n_children && n < NAMES_MAX; k++)
            words[n++] = c->children[k].name;
    }
    return n;
}

static bool is_listed(const char *name, const char *const *words, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        if (strcmp(words[i], name) == 0)
            return true;
    }
    return false;
}

static void explain_unknown(const struct book *b, const struct wish *w, struct problem *why)
{
    const char *kind = w->ike ? "IKE SA" : "Child SA", *near;
    const char **words = calloc(NAMES_MAX, sizeof *words);
    size_t n = words != NULL ? list_names(b, words) : 0;
    char safe[SAFE_TEXT];

    (void)safe_text(w->name, safe);
    near = nearest_word(w->name, words, n);
    if (strchr(w->name, '/') != NULL || is_listed(w->name, words, n))
        problem_set(why, "there is no %s of '%.200s' now: see 'sas'", kind, safe);
    else if (near != NULL)
        problem_set(why, "nothing is called '%.200s'; did you mean '%s'?", safe, near);
    else
        problem_set(why, "nothing is called '%.200s': see 'connections' and 'sas'", safe);
    free(words);
}

/* --- By id ------------------------------------------------------------------------------- */

static bool find_id(struct targets *t, const struct book *b, uint64_t id, const struct wish *w,
                    struct problem *why)
{
    ike2_child_info child = IKE2_INIT(ike2_child_info);
    ike2_sa_info sa = IKE2_INIT(ike2_sa_info);

    if (w->ike && ike2_sa_get(b->host->ep, id, &sa) == IKE2_OK)
        return add(t, id);
    t->are_children = true;
    if (w->child && ike2_child_get(b->host->ep, id, &child) == IKE2_OK)
        return add(t, id);
    problem_set(why, "there is no %s with this id: see 'sas'",
                w->ike && w->child ? "SA"
                : w->ike           ? "IKE SA"
                                   : "Child SA");
    return false;
}

/* --- All of it --------------------------------------------------------------------------- */

static bool read_kind(const json_t *request, struct wish *w, struct problem *why)
{
    static const char *const words[] = { "ike", "child" };
    const json_t *kind = json_object_get(request, "kind");
    const char *wrong;
    size_t index = 0;

    if (kind == NULL)
        return true;
    if (!json_is_string(kind)) {
        problem_set(why, "\"kind\" is ike or child");
        return false;
    }
    wrong = value_word(json_string_value(kind), words, 2, &index);
    if (wrong != NULL)
        problem_set(why, "the kind '%.20s' %s", json_string_value(kind), wrong);
    w->ike = index == 0;
    w->child = index == 1;
    return wrong == NULL;
}

static bool find_named(struct targets *t, const struct book *b, const struct wish *w,
                       struct problem *why)
{
    bool ok = !w->ike || find_ike_sas(t, b, w->name);

    if (ok && t->n == 0 && w->child)
        ok = find_child_sas(t, b, w->name);
    if (ok && t->n > 0)
        return true;
    if (!ok)
        problem_set(why, "out of memory");
    else if (w->name != NULL)
        explain_unknown(b, w, why);
    else
        problem_set(why, "there is no %s now", w->ike ? "IKE SA" : "Child SA");
    return false;
}

bool targets_find(struct targets *t, const struct book *b, const json_t *request,
                  struct problem *why)
{
    const json_t *id = json_object_get(request, "id");
    const json_t *name = json_object_get(request, "name");
    struct wish w = { .name = json_string_value(name), .ike = true, .child = true };

    *t = (struct targets){ 0 };
    if (!read_kind(request, &w, why))
        return false;
    if (json_is_integer(id) && json_integer_value(id) > 0)
        return find_id(t, b, (uint64_t)json_integer_value(id), &w, why);
    if (json_is_string(name) || json_is_true(json_object_get(request, "all")))
        return find_named(t, b, &w, why);
    problem_set(why, "\"id\" is missing: the id of an IKE SA or a Child SA, as in 'sas'; or "
                     "\"name\", or \"all\"");
    return false;
}
