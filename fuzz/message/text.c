/* message/text.c - names, identities and proposals as text. */
#include "message/parts.h"

#include <string.h>

#include <ike2/iana.h>

#include "base/bytes.h"

enum { TRANSFORMS_MAX = 255 };

static bool is_printable(const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text < ' ' || *text > '~')
            return false;
    }
    return true;
}

static void name_check(const char *name)
{
    if (name != NULL)
        check(*name != '\0' && is_printable(name));
}

void names_check(const uint8_t parameters[PARAMETERS])
{
    uint16_t number = (uint16_t)(parameters[0] << 8 | parameters[1]);

    name_check(ike2_exchange_name(parameters[0]));
    name_check(ike2_payload_name(parameters[0]));
    name_check(ike2_notify_name(number));
    name_check(ike2_transform_name(parameters[2], number));
}

/* --- Identities -------------------------------------------------------------------------- */

/* Whether the text form has all there is to know. */
static bool is_reversible(const ike2_id *id, const char *text)
{
    switch (id->type) {
    case 0:
    case IKE2_ID_NULL: return id->data.len == 0;
    case IKE2_ID_IPV4_ADDR: return id->data.len == 4;
    case IKE2_ID_IPV6_ADDR: return id->data.len == 16;
    case IKE2_ID_FQDN:
    case IKE2_ID_RFC822_ADDR:
    case IKE2_ID_KEY_ID: return true;
    case IKE2_ID_DER_ASN1_GN: return id->data.len != 0;
    case IKE2_ID_DER_ASN1_DN: /* if it is shown as octets, and not as names */
        return id->data.len != 0 && strchr(text, '=') == NULL;
    }
    return false;
}

static void id_parse_again(const ike2_id *id, const char *text)
{
    ike2_buffer none = { 0 }, room = { .cap = id->data.len };
    ike2_id again;
    ike2_err err = ike2_id_parse(text, &none, &again);

    check(err == (id->data.len != 0 ? IKE2_ERR_SPACE : IKE2_OK) && none.len == id->data.len);
    room.ptr = malloc(room.cap + 1);
    check(room.ptr != NULL);
    check(ike2_id_parse(text, &room, &again) == IKE2_OK);
    check(again.type == id->type && bytes_equal(again.data, id->data));
    free(room.ptr);
}

/* Safe to log, whatever is cut off. */
void id_text_check(const ike2_id *id)
{
    size_t len = ike2_id_text(id, NULL, 0);
    char *text = malloc(len + 1), *shorter = malloc(len / 2 + 1);

    check(text != NULL && shorter != NULL);
    check(ike2_id_text(id, text, len + 1) == len && strlen(text) == len && is_printable(text));
    check(ike2_id_text(id, shorter, len / 2 + 1) == len && strlen(shorter) == len / 2);
    check(memcmp(text, shorter, len / 2) == 0);
    if (is_reversible(id, text))
        id_parse_again(id, text);
    free(text);
    free(shorter);
}

static void id_parse_check(const char *text, uint8_t cap)
{
    uint8_t octets[UINT8_MAX];
    ike2_buffer room = { .ptr = octets, .cap = cap };
    ike2_id id;

    switch (ike2_id_parse(text, &room, &id)) {
    case IKE2_OK:
        check(room.len <= cap && id.data.len == room.len);
        message_tally[REACHED_ID_TEXT].n++;
        id_text_check(&id);
        break;
    case IKE2_ERR_SPACE:
        check(room.len > cap);
        break;
    default:
        break;
    }
}

/* --- Proposals --------------------------------------------------------------------------- */

static void proposal_check(const char *text, uint8_t protocol, uint8_t n_room)
{
    ike2_transform room[TRANSFORMS_MAX];
    ike2_writer w = writer_begin();
    ike2_bytes body, transforms;
    ike2_proposal p, again;
    ike2_walk walk;

    if (ike2_proposal_parse(text, protocol, room, n_room, &p) != IKE2_OK)
        return;
    message_tally[REACHED_PROPOSAL_TEXT].n++;
    check(p.n_transforms <= n_room && p.protocol == protocol && p.spi.len == 0);
    for (size_t i = 0; i < p.n_transforms; i++)
        name_check(ike2_transform_name(p.transforms[i].type, p.transforms[i].id));
    ike2_sa_write(&w, &p, 1);
    body = written_body(&w, IKE2_PAYLOAD_SA);
    ike2_proposal_walk(&walk, body);
    check(ike2_proposal_next(&walk, &again, &transforms) && again.number == 1);
    check(again.protocol == protocol && again.n_transforms == p.n_transforms);
}

void text_check(ike2_bytes octets, const uint8_t parameters[PARAMETERS])
{
    const ike2_id id = { .type = parameters[0], .data = octets };
    char *text = malloc(octets.len + 1);

    check(text != NULL);
    if (octets.len != 0)
        memcpy(text, octets.ptr, octets.len);
    text[octets.len] = '\0';
    proposal_check(text, parameters[0], parameters[1]);
    id_parse_check(text, parameters[2]);
    id_text_check(&id);
    free(text);
}
