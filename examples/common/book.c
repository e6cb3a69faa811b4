#include "book.h"

const struct connection *book_of_sa(const struct book *b, ike2_sa_id sa)
{
    ike2_sa_info info = IKE2_INIT(ike2_sa_info);

    if (ike2_sa_get(b->host->ep, sa, &info) != IKE2_OK)
        return NULL;
    return b->connection(b->user, info.peer_tag);
}

const struct connection_child *book_child(const struct connection *c, uint64_t child_tag)
{
    if (c == NULL || child_tag == 0 || child_tag > c->n_children)
        return NULL;
    return &c->children[child_tag - 1];
}
