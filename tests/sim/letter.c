/* sim/letter.c - a datagram as one sees it who has the keys of all sides. RFC 7296 3.1, 3.14. */
#include "sim/letter.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <ike2/iana.h>

#include "base/bytes.h"

enum { HEADER_OCTETS = 28, MARKER = 4 };

/* --- Reading -------------------------------------------------------------------------- */

static const struct ring_key *key_of(const struct world *w, const ike2_header *h)
{
    const struct ring_key *k = NULL;

    for (size_t i = 0; i < w->n_sides && k == NULL; i++)
        k = keyring_find(&w->sides[i]->fake.keyring, h->spi_i, h->spi_r,
                         (h->flags & IKE2_FLAG_INITIATOR) != 0);
    return k;
}

static void open_sealed(const struct ring_key *k, ike2_bytes message, struct letter *l)
{
    const ike2_sk_sizes sizes = { .iv_len = (uint8_t)k->iv_len, .icv_len = (uint8_t)k->icv_len };
    ike2_sk_parts parts;

    if (ike2_sk_read(message, &sizes, &parts) != IKE2_OK || parts.sealed.len > sizeof l->room)
        return;
    l->fragment = parts.fragment;
    l->fragments = parts.fragments;
    l->first = parts.first;
    memcpy(l->room, parts.sealed.ptr, parts.sealed.len);
    fake_cipher(k->encr.id, bytes_of(k->octets, k->len), parts.iv, l->room, parts.sealed.len);
    l->is_open = ike2_sk_unpad(bytes_of(l->room, parts.sealed.len), &l->chain) == IKE2_OK;
}

static void read_chain(const struct world *w, ike2_bytes message, struct letter *l)
{
    const struct ring_key *k;
    ike2_walk walk;
    ike2_payload p;

    l->first = l->header.next_payload;
    l->chain = bytes_of(message.ptr + HEADER_OCTETS, message.len - HEADER_OCTETS);
    ike2_payload_walk(&walk, l->first, l->chain);
    while (ike2_payload_next(&walk, &p))
        l->is_protected = p.type == IKE2_PAYLOAD_SK || p.type == IKE2_PAYLOAD_SKF;
    l->is_open = !l->is_protected;
    if (l->is_open)
        return;
    l->chain = (ike2_bytes){ 0 };
    k = key_of(w, &l->header);
    if (k != NULL)
        open_sealed(k, message, l);
}

void letter_read(const struct world *w, ike2_bytes datagram, uint16_t to_port,
                 struct letter *out)
{
    size_t marker = to_port == 500 ? 0 : MARKER;

    memset(out, 0, offsetof(struct letter, room));
    if (datagram.len < marker)
        return;
    datagram = bytes_of(datagram.ptr + marker, datagram.len - marker);
    out->is_ike = ike2_header_read(datagram, &out->header) == IKE2_OK;
    if (out->is_ike)
        read_chain(w, datagram, out);
}

/* --- Text ----------------------------------------------------------------------------- */

struct text {
    char *at;
    size_t left;
};

static void say(struct text *t, const char *format, ...)
{
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(t->at, t->left, format, args);
    va_end(args);
    if (n < 0)
        return;
    n = (size_t)n < t->left ? n : (int)t->left - 1;
    t->at += n;
    t->left -= (size_t)n;
}

static void say_hex(struct text *t, ike2_bytes octets)
{
    if (octets.len != 0)
        say(t, " ");
    for (size_t i = 0; i < octets.len; i++)
        say(t, "%02x", octets.ptr[i]);
}

static const char *name_or(const char *name, const char *otherwise)
{
    return name != NULL ? name : otherwise;
}

static void say_notify(struct text *t, ike2_bytes body)
{
    ike2_notify n;

    if (ike2_notify_read(body, &n) != IKE2_OK) {
        say(t, "N(malformed)");
        return;
    }
    say(t, "N(%s", name_or(ike2_notify_name(n.type), "?"));
    say_hex(t, n.spi);
    say(t, ")");
}

static void say_delete(struct text *t, ike2_bytes body)
{
    ike2_delete d;

    if (ike2_delete_read(body, &d) != IKE2_OK) {
        say(t, "D(malformed)");
        return;
    }
    say(t, d.protocol == IKE2_PROTOCOL_IKE ? "D(IKE" : "D(ESP");
    for (size_t i = 0; i < d.count && d.spi_size != 0; i++)
        say_hex(t, bytes_of(d.spis.ptr + i * d.spi_size, d.spi_size));
    say(t, ")");
}

/* With the SPI that the sender offers to receive on. */
static void say_proposals(struct text *t, ike2_bytes body)
{
    ike2_walk w;
    ike2_proposal p;
    ike2_bytes transforms;

    ike2_proposal_walk(&w, body);
    if (!ike2_proposal_next(&w, &p, &transforms)) {
        say(t, "SA(malformed)");
        return;
    }
    say(t, "SA(%s", p.protocol == IKE2_PROTOCOL_IKE ? "IKE" : "ESP");
    say_hex(t, p.spi);
    say(t, ")");
}

static void say_payload(struct text *t, const ike2_payload *p)
{
    switch (p->type) {
    case IKE2_PAYLOAD_NOTIFY:
        say_notify(t, p->body);
        break;
    case IKE2_PAYLOAD_DELETE:
        say_delete(t, p->body);
        break;
    case IKE2_PAYLOAD_SA:
        say_proposals(t, p->body);
        break;
    default:
        say(t, "%s", name_or(ike2_payload_name(p->type), "?"));
        break;
    }
}

static void say_chain(struct text *t, const struct letter *l)
{
    ike2_walk w;
    ike2_payload p;
    const char *between = "";

    say(t, l->is_protected ? "SK {" : "{");
    ike2_payload_walk(&w, l->first, l->chain);
    while (ike2_payload_next(&w, &p)) {
        say(t, "%s", between);
        say_payload(t, &p);
        between = " ";
    }
    say(t, "}");
}

void letter_name(const struct letter *l, char text[LETTER_TEXT])
{
    struct text t = { .at = text, .left = LETTER_TEXT };

    text[0] = '\0';
    if (!l->is_ike) {
        say(&t, "not IKE");
        return;
    }
    say(&t, "%s %u %s", name_or(ike2_exchange_name(l->header.exchange), "?"),
        l->header.message_id, letter_is_response(l) ? "response" : "request");
    if (l->fragments != 0)
        say(&t, " %u/%u", l->fragment, l->fragments);
}

void letter_payloads(const struct letter *l, char text[LETTER_TEXT])
{
    struct text t = { .at = text, .left = LETTER_TEXT };

    text[0] = '\0';
    if (l->is_open && l->fragments == 0)
        say_chain(&t, l);
    else if (l->is_ike)
        say(&t, "SK {...}");
}
