/* wire/message.c - a payload chain as an index. RFC 7296 2.5, 3.2. */
#include "wire/message.h"

static bool has_row(uint8_t type)
{
    return type >= MESSAGE_FIRST && type < MESSAGE_FIRST + MESSAGE_ROWS;
}

static void enter(struct message *m, const ike2_payload *p)
{
    size_t row;

    if (has_row(p->type)) {
        row = (size_t)(p->type - MESSAGE_FIRST);
        if (m->count[row]++ == 0)
            m->body[row] = p->body;
        return;
    }
    /* RFC 7296 2.5: the critical bit counts for a type the recipient does not understand. */
    if (p->critical && p->type != IKE2_PAYLOAD_SKF && m->critical == 0)
        m->critical = p->type;
}

ike2_err ike2_message_index(const ike2_header *header, uint8_t first, ike2_bytes chain,
                            bool is_protected, struct message *out)
{
    struct message m = {
        .header = *header, .is_protected = is_protected, .first = first, .chain = chain
    };
    size_t n = 0;
    ike2_payload p;
    ike2_walk w;

    ike2_payload_walk(&w, first, chain);
    while (ike2_payload_next(&w, &p)) {
        if (++n > MESSAGE_PAYLOADS_MAX)
            return IKE2_ERR_MALFORMED;
        enter(&m, &p);
    }
    if (ike2_walk_end(&w) != IKE2_OK)
        return IKE2_ERR_MALFORMED;

    *out = m;
    return IKE2_OK;
}

size_t ike2_message_count(const struct message *m, uint8_t type)
{
    return has_row(type) ? m->count[type - MESSAGE_FIRST] : 0;
}

ike2_bytes ike2_message_body(const struct message *m, uint8_t type)
{
    return has_row(type) ? m->body[type - MESSAGE_FIRST] : (ike2_bytes){ 0 };
}

/* The next Notify of the walk that parses. */
static bool next_notify(ike2_walk *w, ike2_notify *out)
{
    ike2_payload p;

    while (ike2_payload_next(w, &p)) {
        if (p.type == IKE2_PAYLOAD_NOTIFY && ike2_notify_read(p.body, out) == IKE2_OK)
            return true;
    }
    return false;
}

bool ike2_message_notify(const struct message *m, uint16_t type, ike2_notify *out)
{
    ike2_notify n;
    ike2_walk w;

    ike2_payload_walk(&w, m->first, m->chain);
    while (next_notify(&w, &n)) {
        if (n.type == type) {
            *out = n;
            return true;
        }
    }
    return false;
}

bool ike2_message_error(const struct message *m, ike2_notify *out)
{
    ike2_notify n;
    ike2_walk w;

    ike2_payload_walk(&w, m->first, m->chain);
    while (next_notify(&w, &n)) {
        if (n.type < IKE2_NOTIFY_STATUS_FIRST) {
            *out = n;
            return true;
        }
    }
    return false;
}
