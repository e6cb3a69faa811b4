/* wire/rules.c - which payloads each message may and must carry. RFC 7296 Appendix C. */
#include "wire/rules.h"

/* A set of payload types, one bit per row of a message. */
#define SET(type) (1u << (IKE2_PAYLOAD_##type - MESSAGE_FIRST))

enum {
    SA = SET(SA),
    KE = SET(KE),
    IDI = SET(IDI),
    IDR = SET(IDR),
    CERT = SET(CERT),
    CERTREQ = SET(CERTREQ),
    AUTH = SET(AUTH),
    NONCE = SET(NONCE),
    DELETE = SET(DELETE),
    TS = SET(TSI) | SET(TSR),
    CP = SET(CP),
    EAP = SET(EAP),
    /* RFC 7296 3.10.1, Appendix C: in any message, any number. */
    ANYWHERE = SET(NOTIFY) | SET(VENDOR),
    NOTHING = 0
};

enum {
    SA_INIT = IKE2_EXCHANGE_IKE_SA_INIT,
    IKE_AUTH = IKE2_EXCHANGE_IKE_AUTH,
    CHILD = IKE2_EXCHANGE_CREATE_CHILD_SA,
    INFO = IKE2_EXCHANGE_INFORMATIONAL
};

enum { REQUEST, RESPONSE }; /* is_response */
enum { NORMAL, REFUSED };   /* is_refused */

static const struct message_form forms[] = {
    /* exchange direction outcome has lacks: once, maybe, many */
    { "C.1", SA_INIT, REQUEST, NORMAL, NOTHING, NOTHING, SA | KE | NONCE, NOTHING, NOTHING },
    { "C.1: a cookie, another method or a refusal",
      SA_INIT, RESPONSE, REFUSED, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING },
    { "C.1", SA_INIT, RESPONSE, NORMAL, NOTHING, NOTHING, SA | KE | NONCE, NOTHING, CERTREQ },

    { "RFC 6023: a first request without Child SA",
      IKE_AUTH, REQUEST, NORMAL, IDI, SA | TS, IDI, IDR | AUTH | CP, CERT | CERTREQ },
    { "C.2, C.3: the first request",
      IKE_AUTH, REQUEST, NORMAL, IDI, NOTHING, IDI | SA | TS, IDR | AUTH | CP, CERT | CERTREQ },
    { "C.3: the next request", IKE_AUTH, REQUEST, NORMAL, EAP, NOTHING, EAP, NOTHING, NOTHING },
    { "C.3: the last request",
      IKE_AUTH, REQUEST, NORMAL, NOTHING, NOTHING, AUTH, NOTHING, NOTHING },
    { "C.3: the first response",
      IKE_AUTH, RESPONSE, NORMAL, EAP | IDR, NOTHING, IDR | AUTH | EAP, NOTHING, CERT },
    { "C.3: the next response", IKE_AUTH, RESPONSE, NORMAL, EAP, NOTHING, EAP, NOTHING, NOTHING },
    { "C.2, C.3: no Child SA",
      IKE_AUTH, RESPONSE, REFUSED, IDR | AUTH, NOTHING, IDR | AUTH, CP, CERT },
    { "C.2, C.3: no IKE SA, or no Child SA after EAP",
      IKE_AUTH, RESPONSE, REFUSED, NOTHING, NOTHING, NOTHING, IDR | AUTH | CP, CERT },
    { "RFC 6023: no Child SA",
      IKE_AUTH, RESPONSE, NORMAL, IDR, SA | TS, IDR | AUTH, CP, CERT },
    { "C.2", IKE_AUTH, RESPONSE, NORMAL, IDR, NOTHING, IDR | AUTH | SA | TS, CP, CERT },
    { "C.3: the last response",
      IKE_AUTH, RESPONSE, NORMAL, NOTHING, NOTHING, AUTH | SA | TS, CP, NOTHING },

    { "C.5: the IKE SA", CHILD, REQUEST, NORMAL, NOTHING, TS, SA | NONCE | KE, NOTHING, NOTHING },
    { "C.4", CHILD, REQUEST, NORMAL, NOTHING, NOTHING, SA | NONCE | TS, KE | CP, NOTHING },
    { "C.4, C.5: a refusal",
      CHILD, RESPONSE, REFUSED, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING },
    { "C.5: the IKE SA", CHILD, RESPONSE, NORMAL, NOTHING, TS, SA | NONCE | KE, NOTHING, NOTHING },
    { "C.4", CHILD, RESPONSE, NORMAL, NOTHING, NOTHING, SA | NONCE | TS, KE | CP, NOTHING },

    { "C.6", INFO, REQUEST, NORMAL, NOTHING, NOTHING, NOTHING, CP, DELETE },
    { "C.6", INFO, RESPONSE, NORMAL, NOTHING, NOTHING, NOTHING, CP, DELETE },
};

const struct message_form *ike2_rules_form(size_t row)
{
    return row < sizeof forms / sizeof forms[0] ? &forms[row] : NULL;
}

static uint16_t payloads_of(const struct message *m)
{
    uint16_t set = 0;

    for (size_t row = 0; row < MESSAGE_ROWS; row++) {
        if (m->count[row] != 0)
            set = (uint16_t)(set | 1u << row);
    }
    return set;
}

static bool is_refused(const struct message *m, uint16_t there)
{
    ike2_notify n;

    if ((there & SA) != 0)
        return false;
    if (ike2_message_error(m, &n))
        return true;
    return m->header.exchange == SA_INIT && ike2_message_notify(m, IKE2_NOTIFY_COOKIE, &n);
}

static const struct message_form *form_of(const struct message *m)
{
    bool is_response = (m->header.flags & IKE2_FLAG_RESPONSE) != 0;
    uint16_t there = payloads_of(m);
    bool refused = is_refused(m, there);

    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        const struct message_form *f = &forms[i];

        if (f->exchange != m->header.exchange || f->is_response != is_response)
            continue;
        if (f->is_refused && !refused)
            continue;
        if ((there & f->has) == f->has && (there & f->lacks) == 0)
            return f;
    }
    return NULL;
}

static bool count_fits(const struct message_form *f, size_t row, size_t count)
{
    uint16_t bit = (uint16_t)(1u << row);

    if ((f->once & bit) != 0)
        return count == 1;
    if ((f->maybe & bit) != 0)
        return count <= 1;
    return count == 0 || ((f->many | ANYWHERE) & bit) != 0;
}

static bool counts_fit(const struct message *m, uint8_t *payload)
{
    const struct message_form *f = form_of(m);

    *payload = IKE2_PAYLOAD_NONE;
    if (f == NULL)
        return false;
    for (size_t row = 0; row < MESSAGE_ROWS; row++) {
        *payload = (uint8_t)(MESSAGE_FIRST + row);
        if (!count_fits(f, row, m->count[row]))
            return false;
    }
    return true;
}

static ike2_err proposals_read(ike2_bytes body)
{
    ike2_bytes transforms;
    ike2_proposal p;
    ike2_walk w;

    ike2_proposal_walk(&w, body);
    while (ike2_proposal_next(&w, &p, &transforms))
        ;
    return ike2_walk_end(&w);
}

static ike2_err selectors_read(ike2_bytes body)
{
    ike2_walk w;
    ike2_ts ts;

    ike2_ts_walk(&w, body);
    while (ike2_ts_next(&w, &ts))
        ;
    return ike2_walk_end(&w);
}

static ike2_err attributes_read(ike2_bytes body)
{
    ike2_cfg_attr attr;
    uint8_t cp_type;
    ike2_walk w;

    ike2_cfg_walk(&w, body, &cp_type);
    while (ike2_cfg_next(&w, &attr))
        ;
    return ike2_walk_end(&w);
}

static ike2_err body_read(const ike2_payload *p)
{
    union {
        ike2_ke_payload ke;
        ike2_id id;
        ike2_cert cert;
        ike2_auth_payload auth;
        ike2_bytes nonce;
        ike2_notify notify;
        ike2_delete delete;
        ike2_eap eap;
    } any;

    switch (p->type) {
    case IKE2_PAYLOAD_SA: return proposals_read(p->body);
    case IKE2_PAYLOAD_KE: return ike2_ke_read(p->body, &any.ke);
    case IKE2_PAYLOAD_IDI:
    case IKE2_PAYLOAD_IDR: return ike2_id_read(p->body, &any.id);
    case IKE2_PAYLOAD_CERT:
    case IKE2_PAYLOAD_CERTREQ: return ike2_cert_read(p->body, &any.cert);
    case IKE2_PAYLOAD_AUTH: return ike2_auth_read(p->body, &any.auth);
    case IKE2_PAYLOAD_NONCE: return ike2_nonce_read(p->body, &any.nonce);
    case IKE2_PAYLOAD_NOTIFY: return ike2_notify_read(p->body, &any.notify);
    case IKE2_PAYLOAD_DELETE: return ike2_delete_read(p->body, &any.delete);
    case IKE2_PAYLOAD_TSI:
    case IKE2_PAYLOAD_TSR: return selectors_read(p->body);
    case IKE2_PAYLOAD_CP: return attributes_read(p->body);
    case IKE2_PAYLOAD_EAP: return ike2_eap_read(p->body, &any.eap);
    case IKE2_PAYLOAD_SKF: /* RFC 7383 2.5: nothing is left to be opened here */
        return IKE2_ERR_MALFORMED;
    }
    return IKE2_OK;
}

ike2_err ike2_rules_check(const struct message *m, uint8_t *payload)
{
    bool is_protected = m->header.exchange != IKE2_EXCHANGE_IKE_SA_INIT;
    ike2_payload p;
    ike2_walk w;

    if (m->is_protected != is_protected) {
        *payload = IKE2_PAYLOAD_SK;
        return IKE2_ERR_MALFORMED;
    }
    if (!counts_fit(m, payload))
        return IKE2_ERR_MALFORMED;
    ike2_payload_walk(&w, m->first, m->chain);
    while (ike2_payload_next(&w, &p)) {
        *payload = p.type;
        if (body_read(&p) != IKE2_OK)
            return IKE2_ERR_MALFORMED;
    }
    return ike2_walk_end(&w);
}
