/* payload.c - a payload with every field, for people. RFC 7296 3.2 to 3.16. */
#include "payload.h"

#include <ike2/iana.h>

#include "attribute.h"
#include "body.h"
#include "common/names.h"
#include "common/selector.h"
#include "notify.h"
#include "proposal.h"
#include "words.h"

enum { GENERIC_HEADER_LEN = 4, CA_HASH_LEN = 20 };

/* RFC 7296 3.4 */
static void ke_show(const struct tree *t, ike2_bytes body)
{
    ike2_ke_payload ke;

    if (ike2_ke_read(body, &ke) != IKE2_OK)
        return;
    tree_named(t, "Method", ike2_transform_name(IKE2_TRANSFORM_KE, ke.method), ke.method);
    tree_octets(t, "Data", ke.data);
}

/* RFC 7296 3.5; ike2_id_text escapes. */
static void id_show(const struct tree *t, ike2_bytes body)
{
    char text[ID_TEXT];
    ike2_id id;

    if (ike2_id_read(body, &id) != IKE2_OK)
        return;
    tree_named(t, "Type", id_word(id.type), id.type);
    id_text(&id, text);
    tree_line(t, "Identity: %s", text);
    tree_octets(t, "Data", id.data);
}

/* RFC 7296 3.6, 3.7 */
static void cert_show(const struct tree *t, uint8_t type, ike2_bytes body)
{
    ike2_cert cert;

    if (ike2_cert_read(body, &cert) != IKE2_OK)
        return;
    tree_named(t, "Encoding", cert_word(cert.encoding), cert.encoding);
    if (type == IKE2_PAYLOAD_CERTREQ && cert.data.len % CA_HASH_LEN == 0)
        tree_line(t, "Certification authorities: %zu", cert.data.len / CA_HASH_LEN);
    tree_octets(t, "Data", cert.data);
}

/* RFC 7296 3.8; RFC 7427 3: the length of the AlgorithmIdentifier is in front of it. */
static void auth_show(const struct tree *t, ike2_bytes body)
{
    ike2_auth_payload auth;
    ike2_bytes data;
    size_t len;

    if (ike2_auth_read(body, &auth) != IKE2_OK)
        return;
    tree_named(t, "Method", auth_word(auth.method), auth.method);
    data = auth.data;
    len = data.len != 0 ? data.ptr[0] : 0;
    if (auth.method != IKE2_AUTH_METHOD_SIGNATURE || data.len <= len) {
        tree_octets(t, "Data", data);
        return;
    }
    tree_octets(t, "Algorithm", (ike2_bytes){ .ptr = data.ptr + 1, .len = len });
    tree_octets(t, "Signature",
                (ike2_bytes){ .ptr = data.ptr + 1 + len, .len = data.len - 1 - len });
}

/* RFC 7296 3.11 */
static void delete_show(const struct tree *t, ike2_bytes body)
{
    ike2_delete deletes;

    if (ike2_delete_read(body, &deletes) != IKE2_OK)
        return;
    tree_named(t, "Protocol", protocol_word(deletes.protocol), deletes.protocol);
    tree_line(t, "SPIs: %u of %u octets", deletes.count, deletes.spi_size);
    for (size_t i = 0; deletes.spi_size != 0 && i < deletes.count; i++)
        tree_octets(t, "SPI",
                    (ike2_bytes){ .ptr = deletes.spis.ptr + i * deletes.spi_size,
                                  .len = deletes.spi_size });
}

/* RFC 7296 3.13 */
static void selectors_show(const struct tree *t, ike2_bytes body)
{
    char text[TS_TEXT];
    ike2_walk walk;
    ike2_ts ts;

    ike2_ts_walk(&walk, body);
    while (ike2_ts_next(&walk, &ts)) {
        const struct tree below = tree_below(t);

        tree_named(t, "Selector", selector_word(ts.type), ts.type);
        if (ts.label.len != 0) {
            tree_octets(&below, "Body", ts.label);
            continue;
        }
        selector_list_text(&ts, 1, text, sizeof text);
        tree_line(&below, "Range: %s", text);
        tree_line(&below, "Protocol: %u", ts.protocol);
        tree_line(&below, "Ports: %u to %u", ts.port_first, ts.port_last);
    }
}

/* RFC 7296 3.16; RFC 3748 5.1: an identity is text. */
static void eap_show(const struct tree *t, ike2_bytes body)
{
    ike2_bytes content;
    ike2_eap eap;

    if (ike2_eap_read(body, &eap) != IKE2_OK)
        return;
    tree_named(t, "Code", eap_word(eap.code), eap.code);
    tree_line(t, "Identifier: %u", eap.identifier);
    if (eap.data.len == 0)
        return;
    content = (ike2_bytes){ .ptr = eap.data.ptr + 1, .len = eap.data.len - 1 };
    tree_named(t, "Type", eap_type_word(eap.data.ptr[0]), eap.data.ptr[0]);
    if (eap.data.ptr[0] == 1)
        tree_text(t, "Identity", content);
    else
        tree_octets(t, "Data", content);
}

/* RFC 7296 3.12: often, but not always, text. */
static void vendor_show(const struct tree *t, ike2_bytes body)
{
    size_t n = 0;

    while (n < body.len && body.ptr[n] >= ' ' && body.ptr[n] <= '~')
        n++;
    if (body.len != 0 && n == body.len)
        tree_text(t, "Text", body);
    tree_octets(t, "Data", body);
}

static void body_show(const struct tree *t, const ike2_payload *payload)
{
    switch (payload->type) {
    case IKE2_PAYLOAD_SA: proposals_show(t, payload->body); break;
    case IKE2_PAYLOAD_KE: ke_show(t, payload->body); break;
    case IKE2_PAYLOAD_IDI:
    case IKE2_PAYLOAD_IDR: id_show(t, payload->body); break;
    case IKE2_PAYLOAD_CERT:
    case IKE2_PAYLOAD_CERTREQ: cert_show(t, payload->type, payload->body); break;
    case IKE2_PAYLOAD_AUTH: auth_show(t, payload->body); break;
    case IKE2_PAYLOAD_NOTIFY: notify_show(t, payload->body); break;
    case IKE2_PAYLOAD_DELETE: delete_show(t, payload->body); break;
    case IKE2_PAYLOAD_VENDOR: vendor_show(t, payload->body); break;
    case IKE2_PAYLOAD_TSI:
    case IKE2_PAYLOAD_TSR: selectors_show(t, payload->body); break;
    case IKE2_PAYLOAD_CP: attributes_show(t, payload->body); break;
    case IKE2_PAYLOAD_EAP: eap_show(t, payload->body); break;
    case IKE2_PAYLOAD_SK:
    case IKE2_PAYLOAD_SKF: break;
    default: tree_octets(t, "Data", payload->body); break;
    }
}

void payload_show(const struct tree *t, const ike2_payload *payload)
{
    const struct tree below = tree_below(t);
    const char *name = ike2_payload_name(payload->type);
    struct note note;

    tree_line(t, "%s (%u), %zu octets%s", name != NULL ? name : "payload", payload->type,
              payload->body.len + GENERIC_HEADER_LEN, payload->critical ? ", critical" : "");
    body_show(&below, payload);
    if (!body_read(payload, &note))
        tree_octets(&below, "Malformed, as a whole", payload->body);
}
