/* body.c - one payload's body, read to its last octet. RFC 7296 sections 3.3 to 3.16. */
#include "body.h"

#include <ike2/iana.h>

/* RFC 7296 3.3; the transforms are checked with their proposal. */
static bool sa_is_sound(ike2_bytes body)
{
    ike2_walk proposals;
    ike2_proposal proposal;
    ike2_bytes transforms;

    ike2_proposal_walk(&proposals, body);
    while (ike2_proposal_next(&proposals, &proposal, &transforms))
        continue;
    return ike2_walk_end(&proposals) == IKE2_OK;
}

/* RFC 7296 3.13 */
static bool ts_is_sound(ike2_bytes body)
{
    ike2_walk selectors;
    ike2_ts ts;

    ike2_ts_walk(&selectors, body);
    while (ike2_ts_next(&selectors, &ts))
        continue;
    return ike2_walk_end(&selectors) == IKE2_OK;
}

/* RFC 7296 3.15 */
static bool cfg_is_sound(ike2_bytes body)
{
    ike2_walk attrs;
    ike2_cfg_attr attr;
    uint8_t cp_type;

    ike2_cfg_walk(&attrs, body, &cp_type);
    while (ike2_cfg_next(&attrs, &attr))
        continue;
    return ike2_walk_end(&attrs) == IKE2_OK;
}

static bool nonce_is_sound(ike2_bytes body)
{
    ike2_bytes nonce;

    return ike2_nonce_read(body, &nonce) == IKE2_OK;
}

static bool eap_is_sound(ike2_bytes body)
{
    ike2_eap eap;

    return ike2_eap_read(body, &eap) == IKE2_OK;
}

static bool cert_is_sound(ike2_bytes body)
{
    ike2_cert cert;

    return ike2_cert_read(body, &cert) == IKE2_OK;
}

static bool delete_is_sound(ike2_bytes body)
{
    ike2_delete deletes;

    return ike2_delete_read(body, &deletes) == IKE2_OK;
}

static bool ke_note(ike2_bytes body, struct note *note)
{
    ike2_ke_payload ke;

    if (ike2_ke_read(body, &ke) != IKE2_OK)
        return false;
    *note = (struct note){ .mark = 'g', .value = ke.method };
    return true;
}

static bool id_note(ike2_bytes body, struct note *note)
{
    ike2_id id;

    if (ike2_id_read(body, &id) != IKE2_OK)
        return false;
    *note = (struct note){ .mark = 'i', .value = id.type };
    return true;
}

static bool auth_note(ike2_bytes body, struct note *note)
{
    ike2_auth_payload auth;

    if (ike2_auth_read(body, &auth) != IKE2_OK)
        return false;
    *note = (struct note){ .mark = 'm', .value = auth.method };
    return true;
}

static bool notify_note(ike2_bytes body, struct note *note)
{
    ike2_notify notify;
    ike2_notify_data data;

    if (ike2_notify_read(body, &notify) != IKE2_OK)
        return false;
    *note = (struct note){ .mark = 'n', .value = notify.type };
    return ike2_notify_data_read(&notify, &data) == IKE2_OK;
}

bool body_read(const ike2_payload *payload, struct note *note)
{
    *note = (struct note){ 0 };
    switch (payload->type) {
    case IKE2_PAYLOAD_SA: return sa_is_sound(payload->body);
    case IKE2_PAYLOAD_KE: return ke_note(payload->body, note);
    case IKE2_PAYLOAD_IDI:
    case IKE2_PAYLOAD_IDR: return id_note(payload->body, note);
    case IKE2_PAYLOAD_CERT:
    case IKE2_PAYLOAD_CERTREQ: return cert_is_sound(payload->body);
    case IKE2_PAYLOAD_AUTH: return auth_note(payload->body, note);
    case IKE2_PAYLOAD_NONCE: return nonce_is_sound(payload->body);
    case IKE2_PAYLOAD_NOTIFY: return notify_note(payload->body, note);
    case IKE2_PAYLOAD_DELETE: return delete_is_sound(payload->body);
    case IKE2_PAYLOAD_TSI:
    case IKE2_PAYLOAD_TSR: return ts_is_sound(payload->body);
    case IKE2_PAYLOAD_CP: return cfg_is_sound(payload->body);
    case IKE2_PAYLOAD_EAP: return eap_is_sound(payload->body);
    default: return true;
    }
}
