#include "further.h"

#include <string.h>

enum { SELECTOR_ROOM = 64 };

/* Up to `end`, with commas between them; nothing is none. */
static const char *read_side(const char *text, const char *end, struct selectors *out)
{
    char one[SELECTOR_ROOM];
    const char *wrong = NULL;

    while (text < end && wrong == NULL) {
        size_t len = strcspn(text, ",=");

        if (len >= sizeof one)
            return "has a network that is too long";
        memcpy(one, text, len);
        one[len] = '\0';
        wrong = value_selector(one, out);
        text += len + 1;
    }
    return wrong;
}

const char *further_add(struct connection *c, const char *text)
{
    struct connection_child child = { .name = text };
    const char *middle = strchr(text, '=');
    const char *wrong;

    if (c->n_children == CHILDREN_MAX)
        return "is one Child SA too many: 16 will do";
    if (middle == NULL || strchr(middle + 1, '=') != NULL)
        return "names no two sides: write LOCAL=REMOTE, as 10.1.0.0/24=10.2.0.0/24";
    wrong = read_side(text, middle, &child.local_ts);
    if (wrong == NULL)
        wrong = read_side(middle + 1, middle + 1 + strlen(middle + 1), &child.remote_ts);
    if (wrong == NULL)
        c->children[c->n_children++] = child;
    return wrong;
}

void further_complete(struct connection *c)
{
    const struct connection_child *first = &c->children[0];
    size_t i;

    for (i = 1; i < c->n_children; i++) {
        c->children[i].transport = first->transport;
        c->children[i].rekey_seconds = first->rekey_seconds;
        c->children[i].rekey_octets = first->rekey_octets;
    }
}
