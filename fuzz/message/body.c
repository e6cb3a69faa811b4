/* message/body.c - bodies of payloads, each form once: read, written, read again. */
#include "message/parts.h"

#include <ike2/iana.h>

#include "base/bytes.h"

/* --- Flat bodies ------------------------------------------------------------------------- */

static bool ke_rewrite(ike2_writer *w, uint8_t type, ike2_bytes body)
{
    ike2_ke_payload ke;

    (void)type;
    if (ike2_ke_read(body, &ke) != IKE2_OK)
        return false;
    check_within(ke.data, body);
    ike2_ke_write(w, &ke);
    return true;
}

static void ke_check_same(ike2_bytes a, ike2_bytes b)
{
    ike2_ke_payload x, y;

    check(ike2_ke_read(a, &x) == IKE2_OK && ike2_ke_read(b, &y) == IKE2_OK);
    check(x.method == y.method && bytes_equal(x.data, y.data));
}

static bool id_rewrite(ike2_writer *w, uint8_t type, ike2_bytes body)
{
    ike2_id id;

    if (ike2_id_read(body, &id) != IKE2_OK)
        return false;
    check_within(id.data, body);
    id_text_check(&id);
    ike2_id_write(w, type, &id);
    return true;
}

static void id_check_same(ike2_bytes a, ike2_bytes b)
{
    ike2_id x, y;

    check(ike2_id_read(a, &x) == IKE2_OK && ike2_id_read(b, &y) == IKE2_OK);
    check(x.type == y.type && bytes_equal(x.data, y.data));
}

static bool cert_rewrite(ike2_writer *w, uint8_t type, ike2_bytes body)
{
    ike2_hash_url h;
    ike2_cert cert;

    if (ike2_cert_read(body, &cert) != IKE2_OK)
        return false;
    check_within(cert.data, body);
    if (type == IKE2_PAYLOAD_CERT && ike2_hash_url_read(&cert, &h) == IKE2_OK) {
        check_within(h.hash, body);
        check_within(h.url, body);
        ike2_hash_url_write(w, &h);
        return true;
    }
    ike2_cert_write(w, type, &cert);
    return true;
}

static void cert_check_same(ike2_bytes a, ike2_bytes b)
{
    ike2_cert x, y;

    check(ike2_cert_read(a, &x) == IKE2_OK && ike2_cert_read(b, &y) == IKE2_OK);
    check(x.encoding == y.encoding && bytes_equal(x.data, y.data));
}

static bool auth_rewrite(ike2_writer *w, uint8_t type, ike2_bytes body)
{
    ike2_auth_payload auth;

    (void)type;
    if (ike2_auth_read(body, &auth) != IKE2_OK)
        return false;
    check_within(auth.data, body);
    ike2_auth_write(w, &auth);
    return true;
}

static void auth_check_same(ike2_bytes a, ike2_bytes b)
{
    ike2_auth_payload x, y;

    check(ike2_auth_read(a, &x) == IKE2_OK && ike2_auth_read(b, &y) == IKE2_OK);
    check(x.method == y.method && bytes_equal(x.data, y.data));
}

static bool nonce_rewrite(ike2_writer *w, uint8_t type, ike2_bytes body)
{
    ike2_bytes nonce;

    if (ike2_nonce_read(body, &nonce) != IKE2_OK)
        return false;
    check(nonce.len >= 16 && nonce.len <= 256); /* RFC 7296 3.9 */
    check_within(nonce, body);
    ike2_data_write(w, type, nonce);
    return true;
}

static bool data_rewrite(ike2_writer *w, uint8_t type, ike2_bytes body)
{
    ike2_data_write(w, type, body);
    return true;
}

static void data_check_same(ike2_bytes a, ike2_bytes b)
{
    check(bytes_equal(a, b));
}

static bool delete_rewrite(ike2_writer *w, uint8_t type, ike2_bytes body)
{
    ike2_delete d;

    (void)type;
    if (ike2_delete_read(body, &d) != IKE2_OK)
        return false;
    check_within(d.spis, body);
    check(d.spis.len == (size_t)d.count * d.spi_size);
    ike2_delete_write(w, &d);
    return true;
}

static void delete_check_same(ike2_bytes a, ike2_bytes b)
{
    ike2_delete x, y;

    check(ike2_delete_read(a, &x) == IKE2_OK && ike2_delete_read(b, &y) == IKE2_OK);
    check(x.protocol == y.protocol && x.spi_size == y.spi_size && x.count == y.count);
    check(bytes_equal(x.spis, y.spis));
}

static bool eap_rewrite(ike2_writer *w, uint8_t type, ike2_bytes body)
{
    ike2_eap eap;

    (void)type;
    if (ike2_eap_read(body, &eap) != IKE2_OK)
        return false;
    check_within(eap.data, body);
    ike2_eap_write(w, &eap);
    return true;
}

static void eap_check_same(ike2_bytes a, ike2_bytes b)
{
    ike2_eap x, y;

    check(ike2_eap_read(a, &x) == IKE2_OK && ike2_eap_read(b, &y) == IKE2_OK);
    check(x.code == y.code && x.identifier == y.identifier && bytes_equal(x.data, y.data));
}

/* --- Reached ----------------------------------------------------------------------------- */

struct tally message_tally[MESSAGE_TALLY_ROWS] = {
    { "SA body", 0 }, { "KE body", 0 }, { "IDi body", 0 }, { "IDr body", 0 }, { "CERT body", 0 },
    { "CERTREQ body", 0 }, { "AUTH body", 0 }, { "nonce body", 0 }, { "notify body", 0 },
    { "delete body", 0 }, { "vendor id body", 0 }, { "TSi body", 0 }, { "TSr body", 0 },
    { "SK body", 0 }, { "CP body", 0 }, { "EAP body", 0 }, { "chain", 0 }, { "message", 0 },
    { "sealed message", 0 }, { "fragment", 0 }, { "notify data", 0 }, { "rules kept", 0 },
    { "identity from text", 0 }, { "proposal from text", 0 }, { "IKE datagram", 0 },
    { "ESP datagram", 0 }, { "keepalive", 0 },
};

/* --- Any body ---------------------------------------------------------------------------- */

struct form {
    uint8_t type;
    bool (*rewrite)(ike2_writer *w, uint8_t type, ike2_bytes body);
    void (*check_same)(ike2_bytes a, ike2_bytes b);
};

static const struct form forms[] = {
    { IKE2_PAYLOAD_SA, proposals_rewrite, proposals_check_same },
    { IKE2_PAYLOAD_KE, ke_rewrite, ke_check_same },
    { IKE2_PAYLOAD_IDI, id_rewrite, id_check_same },
    { IKE2_PAYLOAD_IDR, id_rewrite, id_check_same },
    { IKE2_PAYLOAD_CERT, cert_rewrite, cert_check_same },
    { IKE2_PAYLOAD_CERTREQ, cert_rewrite, cert_check_same },
    { IKE2_PAYLOAD_AUTH, auth_rewrite, auth_check_same },
    { IKE2_PAYLOAD_NONCE, nonce_rewrite, data_check_same },
    { IKE2_PAYLOAD_NOTIFY, notify_rewrite, notify_check_same },
    { IKE2_PAYLOAD_DELETE, delete_rewrite, delete_check_same },
    { IKE2_PAYLOAD_VENDOR, data_rewrite, data_check_same },
    { IKE2_PAYLOAD_TSI, selectors_rewrite, selectors_check_same },
    { IKE2_PAYLOAD_TSR, selectors_rewrite, selectors_check_same },
    { IKE2_PAYLOAD_CP, attributes_rewrite, attributes_check_same },
    { IKE2_PAYLOAD_EAP, eap_rewrite, eap_check_same },
};

static const struct form *form_of(uint8_t type)
{
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (forms[i].type == type)
            return &forms[i];
    }
    return NULL;
}

bool payload_rewrite(ike2_writer *w, uint8_t type, ike2_bytes body)
{
    const struct form *form = form_of(type);

    if (form == NULL || !form->rewrite(w, type, body))
        return false;
    message_tally[REACHED_BODY + type - IKE2_PAYLOAD_SA].n++;
    return true;
}

void payload_check_same(uint8_t type, ike2_bytes a, ike2_bytes b)
{
    const struct form *form = form_of(type);

    if (form == NULL)
        data_check_same(a, b);
    else
        form->check_same(a, b);
}

ike2_writer writer_begin(void)
{
    static uint8_t room[ROOM_OCTETS];
    ike2_writer w;

    ike2_writer_init(&w, room, sizeof room);
    return w;
}

ike2_bytes written_body(const ike2_writer *w, uint8_t type)
{
    ike2_bytes chain;
    ike2_payload p;
    ike2_walk walk;

    check(ike2_writer_end(w, &chain) == IKE2_OK);
    ike2_payload_walk(&walk, type, chain);
    check(ike2_payload_next(&walk, &p) && !ike2_payload_next(&walk, &p));
    check(ike2_walk_end(&walk) == IKE2_OK);
    return p.body;
}

void payload_check(uint8_t type, ike2_bytes body)
{
    ike2_writer w = writer_begin();

    if (payload_rewrite(&w, type, body))
        payload_check_same(type, body, written_body(&w, type));
    else
        check(w.len == 0 && w.failed == 0);
}
