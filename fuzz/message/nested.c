/* message/nested.c - bodies with a structure of their own: proposals, selectors, attributes, and
 * the typed data of notifies. */
#include "message/parts.h"

#include <string.h>

#include <ike2/iana.h>

#include "base/bytes.h"

/* The smallest of each has this many octets, so that no body holds more of them. */
enum { PROPOSAL_OCTETS = 8, TRANSFORM_OCTETS = 8, ATTRIBUTE_OCTETS = 4 };
enum { PROPOSALS_MAX = ROOM_OCTETS / PROPOSAL_OCTETS + 1 };
enum { TRANSFORMS_MAX = ROOM_OCTETS / TRANSFORM_OCTETS + 1 };
enum { ATTRIBUTES_MAX = ROOM_OCTETS / ATTRIBUTE_OCTETS + 1, SELECTORS_MAX = 255 };

/* --- Proposals --------------------------------------------------------------------------- */

struct offer {
    ike2_proposal proposals[PROPOSALS_MAX];
    size_t n_proposals;
    ike2_transform transforms[TRANSFORMS_MAX];
    size_t n_transforms;
};

/* A proposal has been yielded, so all its transforms are well formed. */
static void transforms_read(struct offer *o, ike2_proposal *p, ike2_bytes transforms)
{
    ike2_transform t;
    ike2_bytes attrs;
    size_t n = 0;
    ike2_walk w;

    p->transforms = o->transforms + o->n_transforms;
    ike2_transform_walk(&w, transforms);
    while (ike2_transform_next(&w, &t, &attrs)) {
        check_within(attrs, transforms);
        check(o->n_transforms < TRANSFORMS_MAX);
        o->transforms[o->n_transforms++] = t;
        n++;
    }
    check(ike2_walk_end(&w) == IKE2_OK && n == p->n_transforms);
}

static bool offer_read(struct offer *o, ike2_bytes body)
{
    ike2_bytes transforms;
    ike2_proposal p;
    ike2_walk w;

    o->n_proposals = o->n_transforms = 0;
    ike2_proposal_walk(&w, body);
    while (ike2_proposal_next(&w, &p, &transforms)) {
        check(p.transforms == NULL);
        check_within(p.spi, body);
        check_within(transforms, body);
        transforms_read(o, &p, transforms);
        check(o->n_proposals < PROPOSALS_MAX);
        o->proposals[o->n_proposals++] = p;
    }
    return ike2_walk_end(&w) == IKE2_OK;
}

/* The writer numbers what has no number by its position, which has to fit an octet. */
static bool numbers_fit(const struct offer *o)
{
    for (size_t i = UINT8_MAX; i < o->n_proposals; i++) {
        if (o->proposals[i].number == 0)
            return false;
    }
    return true;
}

bool proposals_rewrite(ike2_writer *w, uint8_t type, ike2_bytes body)
{
    static struct offer offer;

    check(type == IKE2_PAYLOAD_SA);
    if (!offer_read(&offer, body) || !numbers_fit(&offer))
        return false;
    check(offer.n_proposals != 0); /* RFC 7296 3.3 */
    ike2_sa_write(w, offer.proposals, offer.n_proposals);
    return true;
}

static void proposal_check_same(const ike2_proposal *x, const ike2_proposal *y, size_t position)
{
    check(y->number == (x->number != 0 ? x->number : position));
    check(x->protocol == y->protocol && bytes_equal(x->spi, y->spi));
    check(x->n_transforms == y->n_transforms);
    for (size_t i = 0; i < x->n_transforms; i++) {
        const ike2_transform *s = &x->transforms[i], *t = &y->transforms[i];

        check(s->type == t->type && s->id == t->id && s->key_bits == t->key_bits);
        check(!t->strange); /* what nobody understands is not written */
    }
}

void proposals_check_same(ike2_bytes a, ike2_bytes b)
{
    static struct offer x, y;

    check(offer_read(&x, a) && offer_read(&y, b));
    check(x.n_proposals == y.n_proposals);
    for (size_t i = 0; i < x.n_proposals; i++)
        proposal_check_same(&x.proposals[i], &y.proposals[i], i + 1);
}

/* --- Traffic selectors ------------------------------------------------------------------- */

struct selection {
    ike2_ts ts[SELECTORS_MAX];
    size_t n;
};

static bool selection_read(struct selection *s, ike2_bytes body)
{
    ike2_walk w;
    ike2_ts ts;

    s->n = 0;
    ike2_ts_walk(&w, body);
    while (ike2_ts_next(&w, &ts)) {
        check_within(ts.label, body);
        check(s->n < SELECTORS_MAX);
        s->ts[s->n++] = ts;
    }
    return ike2_walk_end(&w) == IKE2_OK;
}

bool selectors_rewrite(ike2_writer *w, uint8_t type, ike2_bytes body)
{
    static struct selection s;

    if (!selection_read(&s, body))
        return false;
    check(s.n != 0); /* RFC 7296 3.13 */
    ike2_ts_write(w, type, s.ts, s.n);
    return true;
}

void selectors_check_same(ike2_bytes a, ike2_bytes b)
{
    static struct selection x, y;

    check(selection_read(&x, a) && selection_read(&y, b));
    check(x.n == y.n);
    for (size_t i = 0; i < x.n; i++) {
        const ike2_ts *s = &x.ts[i], *t = &y.ts[i];

        check(s->type == t->type && s->protocol == t->protocol);
        check(s->port_first == t->port_first && s->port_last == t->port_last);
        check(memcmp(s->first, t->first, sizeof s->first) == 0);
        check(memcmp(s->last, t->last, sizeof s->last) == 0);
        check(bytes_equal(s->label, t->label));
    }
}

/* --- Configuration attributes ------------------------------------------------------------ */

struct configuration {
    uint8_t type;
    ike2_cfg_attr attrs[ATTRIBUTES_MAX];
    size_t n;
};

static bool configuration_read(struct configuration *c, ike2_bytes body)
{
    ike2_cfg_attr attr;
    ike2_walk w;

    c->n = 0;
    ike2_cfg_walk(&w, body, &c->type);
    while (ike2_cfg_next(&w, &attr)) {
        check_within(attr.value, body);
        check(attr.type <= 32767 && c->n < ATTRIBUTES_MAX);
        c->attrs[c->n++] = attr;
    }
    return ike2_walk_end(&w) == IKE2_OK;
}

bool attributes_rewrite(ike2_writer *w, uint8_t type, ike2_bytes body)
{
    static struct configuration c;

    check(type == IKE2_PAYLOAD_CP);
    if (!configuration_read(&c, body))
        return false;
    ike2_cfg_write(w, c.type, c.attrs, c.n);
    return true;
}

void attributes_check_same(ike2_bytes a, ike2_bytes b)
{
    static struct configuration x, y;

    check(configuration_read(&x, a) && configuration_read(&y, b));
    check(x.type == y.type && x.n == y.n);
    for (size_t i = 0; i < x.n; i++) {
        check(x.attrs[i].type == y.attrs[i].type);
        check(bytes_equal(x.attrs[i].value, y.attrs[i].value));
    }
}

/* --- Notifies ---------------------------------------------------------------------------- */

static void list_check(uint16_t type, ike2_bytes octets)
{
    static uint16_t values[ROOM_OCTETS / 2];
    ike2_writer w = writer_begin();
    size_t n = 0;
    ike2_notify again;
    ike2_walk walk;

    ike2_notify_list_walk(&walk, octets);
    while (ike2_notify_list_next(&walk, &values[n]))
        n++;
    check((ike2_walk_end(&walk) == IKE2_OK) == (octets.len % 2 == 0));
    check(n == octets.len / 2);
    ike2_notify_list_write(&w, type, values, n);
    check(ike2_notify_read(written_body(&w, IKE2_PAYLOAD_NOTIFY), &again) == IKE2_OK);
    check(again.type == type && bytes_equal(again.data, bytes_of(octets.ptr, 2 * n)));
}

static void notify_data_check(const ike2_notify *n)
{
    ike2_writer w = writer_begin();
    ike2_notify_data data, again;
    ike2_notify written;

    if (ike2_notify_data_read(n, &data) != IKE2_OK)
        return;
    check_within(data.octets, n->data);
    message_tally[REACHED_NOTIFY_DATA].n++;
    ike2_notify_data_write(&w, n->type, &data);
    check(ike2_notify_read(written_body(&w, IKE2_PAYLOAD_NOTIFY), &written) == IKE2_OK);
    check(ike2_notify_data_read(&written, &again) == IKE2_OK && written.type == n->type);
    check(data.shape == again.shape && data.protocol == again.protocol);
    check(data.transform == again.transform && data.spi == again.spi);
    check(data.number == again.number && bytes_equal(data.octets, again.octets));
}

bool notify_rewrite(ike2_writer *w, uint8_t type, ike2_bytes body)
{
    ike2_notify n;

    check(type == IKE2_PAYLOAD_NOTIFY);
    if (ike2_notify_read(body, &n) != IKE2_OK)
        return false;
    check_within(n.spi, body);
    check_within(n.data, body);
    ike2_notify_write(w, &n);
    return true;
}

/* The data is checked here, where no writer is open. */
void notify_check_same(ike2_bytes a, ike2_bytes b)
{
    ike2_notify x, y;

    check(ike2_notify_read(a, &x) == IKE2_OK && ike2_notify_read(b, &y) == IKE2_OK);
    check(x.protocol == y.protocol && x.type == y.type);
    check(bytes_equal(x.spi, y.spi) && bytes_equal(x.data, y.data));
    notify_data_check(&x);
    list_check(x.type, x.data);
}
