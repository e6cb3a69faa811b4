/* notify.c - a Notify payload, for people. RFC 7296 3.10. */
#include "notify.h"

#include <inttypes.h>

#include <ike2/iana.h>
#include <ike2/message.h>

#include "words.h"

/* RFC 7427 4: hash algorithms are the only list there is. */
static void list_show(const struct tree *t, ike2_bytes octets)
{
    uint16_t value;
    ike2_walk walk;

    ike2_notify_list_walk(&walk, octets);
    while (ike2_notify_list_next(&walk, &value))
        tree_named(t, "Hash Algorithm", hash_word(value), value);
}

/* The types whose number has a name. */
static void number_show(const struct tree *t, uint16_t type, uint32_t number)
{
    if (type == IKE2_NOTIFY_UNSUPPORTED_CRITICAL_PAYLOAD)
        tree_named(t, "Payload", ike2_payload_name((uint8_t)number), number);
    else if (type == IKE2_NOTIFY_INVALID_KE_PAYLOAD)
        tree_named(t, "Method", ike2_transform_name(IKE2_TRANSFORM_KE, (uint16_t)number), number);
    else
        tree_line(t, "Number: %" PRIu32, number);
}

static void data_show(const struct tree *t, const ike2_notify *notify)
{
    ike2_notify_data data;

    if (ike2_notify_data_read(notify, &data) != IKE2_OK) {
        tree_octets(t, "Data, malformed", notify->data);
        return;
    }
    switch (data.shape) {
    case IKE2_SHAPE_NUMBER: number_show(t, notify->type, data.number); break;
    case IKE2_SHAPE_LIST: list_show(t, data.octets); break;
    case IKE2_SHAPE_IPCOMP:
        tree_line(t, "CPI: %" PRIu32, data.number);
        tree_named(t, "Transform", ipcomp_word(data.transform), data.transform);
        break;
    default: tree_octets(t, "Data", notify->data); break;
    }
}

void notify_show(const struct tree *t, ike2_bytes body)
{
    ike2_notify notify;

    if (ike2_notify_read(body, &notify) != IKE2_OK) {
        tree_octets(t, "Malformed", body);
        return;
    }
    tree_named(t, "Protocol", protocol_word(notify.protocol), notify.protocol);
    tree_named(t, "Type", ike2_notify_name(notify.type), notify.type);
    tree_octets(t, "SPI", notify.spi);
    data_show(t, &notify);
}
