/* sim/middle.c - somebody between two sides. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/bytes.h"
#include "crypto/auth_octets.h"
#include "sa/init.h"
#include "sim/middle.h"

enum { HEADER_OCTETS = 28, PROPOSALS_MAX = 8, TRANSFORMS_MAX = 64 };

/* --- Changes -------------------------------------------------------------------------- */

bool middle_without_notify(ike2_writer *w, const ike2_payload *p, uint16_t what)
{
    ike2_notify n;

    (void)w;
    return p->type == IKE2_PAYLOAD_NOTIFY && ike2_notify_read(p->body, &n) == IKE2_OK &&
           n.type == what;
}

bool middle_without_payload(ike2_writer *w, const ike2_payload *p, uint16_t what)
{
    (void)w;
    return p->type == what;
}

/* The SA payload again, without one transform. */
static void sa_without(ike2_writer *w, ike2_bytes body, const ike2_transform *gone)
{
    ike2_proposal list[PROPOSALS_MAX];
    ike2_transform room[TRANSFORMS_MAX];
    size_t n = 0, used = 0;
    ike2_walk proposals, transforms;
    ike2_bytes inner, attrs;

    ike2_proposal_walk(&proposals, body);
    while (n < PROPOSALS_MAX && ike2_proposal_next(&proposals, &list[n], &inner)) {
        list[n].transforms = &room[used];
        list[n].n_transforms = 0;
        ike2_transform_walk(&transforms, inner);
        while (used < TRANSFORMS_MAX && ike2_transform_next(&transforms, &room[used], &attrs)) {
            if (room[used].type == gone->type && room[used].id == gone->id)
                continue;
            used++;
            list[n].n_transforms++;
        }
        n++;
    }
    ike2_sa_write(w, list, n);
}

bool middle_without_ke(ike2_writer *w, const ike2_payload *p, uint16_t what)
{
    const ike2_transform gone = { .type = IKE2_TRANSFORM_KE, .id = what };

    if (p->type != IKE2_PAYLOAD_SA)
        return false;
    sa_without(w, p->body, &gone);
    return true;
}

bool middle_without_cipher(ike2_writer *w, const ike2_payload *p, uint16_t what)
{
    const ike2_transform gone = { .type = IKE2_TRANSFORM_ENCR, .id = what };

    if (p->type != IKE2_PAYLOAD_SA)
        return false;
    sa_without(w, p->body, &gone);
    return true;
}

static void copy_payload(ike2_writer *w, const ike2_payload *p)
{
    ike2_payload_begin(w, p->type, p->critical);
    ike2_octets_write(w, p->body);
    ike2_payload_end(w);
}

bool middle_with_vendor_id(ike2_writer *w, const ike2_payload *p, uint16_t what)
{
    uint8_t octets[64] = { 0 };

    if (p->type != IKE2_PAYLOAD_NONCE)
        return false;
    copy_payload(w, p);
    ike2_data_write(w, IKE2_PAYLOAD_VENDOR, bytes_of(octets, what));
    return true;
}

/* --- IKE_SA_INIT ---------------------------------------------------------------------- */

static void take(struct side *to, struct overheard *out)
{
    struct net *net = &to->world->net;
    struct packet *p = net_peek(net, &to->addr);

    assert_non_null(p);
    assert_true(p->len <= sizeof out->octets && p->to.port == 500);
    memcpy(out->octets, p->octets, p->len);
    out->len = p->len;
    net_remove(net, p);
}

static ike2_bytes edited(ike2_writer *w, const struct overheard *from, middle_edit *edit,
                         uint16_t what)
{
    ike2_bytes chain = bytes_of(from->octets + HEADER_OCTETS, from->len - HEADER_OCTETS), message;
    ike2_header h;
    ike2_walk walk;
    ike2_payload p;

    assert_int_equal(ike2_header_read(bytes_of(from->octets, from->len), &h), IKE2_OK);
    assert_int_equal(h.exchange, IKE2_EXCHANGE_IKE_SA_INIT);
    ike2_message_begin(w, &h);
    ike2_payload_walk(&walk, h.next_payload, chain);
    while (ike2_payload_next(&walk, &p)) {
        if (edit == NULL || !edit(w, &p, what))
            copy_payload(w, &p);
    }
    assert_int_equal(ike2_message_end(w, &message), IKE2_OK);
    return message;
}

void middle_pass(struct side *from, struct side *to, middle_edit *edit, uint16_t what,
                 struct overheard *out)
{
    struct overheard taken;
    uint8_t room[MIDDLE_OCTETS];
    ike2_writer w;
    ike2_bytes message;

    take(to, &taken);
    ike2_writer_init(&w, room, sizeof room);
    message = edited(&w, &taken, edit, what);
    /* An edit that changes nothing would show nothing. */
    assert_int_equal(bytes_equal(message, bytes_of(taken.octets, taken.len)), edit == NULL);
    if (out != NULL) {
        memcpy(out->octets, message.ptr, message.len);
        out->len = message.len;
    }
    inject(from, to, 500, message);
}

/* --- IKE_AUTH ------------------------------------------------------------------------- */

static void forge_value(struct side *from, const struct overheard *request,
                        ike2_bytes response, ike2_bytes id_body, struct psk_value *out)
{
    const struct sa *sa = voice_sa(from);
    const struct auth_input in = {
        .prf = sa->protection.suite.prf, .message = bytes_of(request->octets, request->len),
        .received = response,
        .nonce = nonce_bytes(&sa->init->ke.nr), .sk_p = sa->protection.keys.pi,
        .id_body = id_body,
    };

    assert_int_equal(ike2_psk_auth(from->crypto, &in, sa->peer->peer.psk_local, out->octets,
                                   &out->len),
                     IKE2_OK);
}

static void write_forged(ike2_writer *w, const struct opened *o, const struct psk_value *value)
{
    const ike2_auth_payload auth = { .method = IKE2_AUTH_METHOD_SHARED_KEY,
                                     .data = bytes_of(value->octets, value->len) };
    ike2_walk walk;
    ike2_payload p;

    ike2_payload_walk(&walk, o->first, o->inner);
    while (ike2_payload_next(&walk, &p)) {
        if (p.type == IKE2_PAYLOAD_AUTH)
            ike2_auth_write(w, &auth);
        else
            copy_payload(w, &p);
    }
}

static ike2_bytes id_of(const struct opened *o)
{
    ike2_walk walk;
    ike2_payload p;

    ike2_payload_walk(&walk, o->first, o->inner);
    while (ike2_payload_next(&walk, &p)) {
        if (p.type == IKE2_PAYLOAD_IDI)
            return p.body;
    }
    fail_msg("no IDi");
    return (ike2_bytes){ 0 };
}

void middle_forge_auth(struct side *from, struct side *to, const struct overheard *request,
                       bool covers_both)
{
    const struct init_stage *init = voice_sa(to)->init;
    const struct utterance u = { .exchange = IKE2_EXCHANGE_IKE_AUTH, .message_id = 1 };
    struct overheard taken;
    struct opened o = { 0 };
    struct psk_value value;
    uint8_t room[512];
    ike2_writer w;

    take(to, &taken);
    assert_int_equal(ike2_protect_open(&voice_sa(from)->protection.seal, taken.octets, taken.len,
                                       &o),
                     IKE2_OK);
    forge_value(from, request, covers_both ? init->ours->datagrams[0] : (ike2_bytes){ 0 },
                id_of(&o), &value);
    voice_begin(&w, room);
    write_forged(&w, &o, &value);
    speak_written(from, to, u, &w);
}
