/* wire/notify.c - Notify payload, and the typed data of the notifies of RFC 7296, RFC 7383 and
 * RFC 7427. RFC 7296 3.10. */
#include <ike2/iana.h>

#include "base/bytes.h"
#include "base/writer.h"
#include "wire/chain.h"

enum { CHILD_SPI_OCTETS = 4, LIST_ITEM_OCTETS = 2 };

/* What a type's data looks like. */
struct notify_rule {
    uint16_t type;
    uint8_t shape;    /* IKE2_SHAPE_* */
    bool names_child; /* protocol and SPI say which Child SA is meant */
    uint16_t min, max; /* octets of data; of a number, both its width */
};

#define ANY_OCTETS UINT16_MAX

static const struct notify_rule rules[] = {
    /* type                                       shape                child  min max       7296 */
    { IKE2_NOTIFY_UNSUPPORTED_CRITICAL_PAYLOAD, IKE2_SHAPE_NUMBER, false, 1, 1 },      /* 2.5 */
    { IKE2_NOTIFY_INVALID_IKE_SPI, IKE2_SHAPE_EMPTY, false, 0, 0 },                    /* 2.21 */
    { IKE2_NOTIFY_INVALID_MAJOR_VERSION, IKE2_SHAPE_EMPTY, false, 0, 0 },              /* 2.5 */
    { IKE2_NOTIFY_INVALID_SYNTAX, IKE2_SHAPE_EMPTY, false, 0, 0 },                     /* 3.10.1 */
    { IKE2_NOTIFY_INVALID_MESSAGE_ID, IKE2_SHAPE_NUMBER, false, 4, 4 },                /* 2.3 */
    { IKE2_NOTIFY_INVALID_SPI, IKE2_SHAPE_NUMBER, false, 4, 4 },                       /* 1.5 */
    { IKE2_NOTIFY_NO_PROPOSAL_CHOSEN, IKE2_SHAPE_EMPTY, false, 0, 0 },                 /* 2.7 */
    { IKE2_NOTIFY_INVALID_KE_PAYLOAD, IKE2_SHAPE_NUMBER, false, 2, 2 },                /* 1.3 */
    { IKE2_NOTIFY_AUTHENTICATION_FAILED, IKE2_SHAPE_EMPTY, false, 0, 0 },              /* 3.10.1 */
    { IKE2_NOTIFY_SINGLE_PAIR_REQUIRED, IKE2_SHAPE_EMPTY, false, 0, 0 },               /* 2.9 */
    { IKE2_NOTIFY_NO_ADDITIONAL_SAS, IKE2_SHAPE_EMPTY, false, 0, 0 },                  /* 1.3 */
    { IKE2_NOTIFY_INTERNAL_ADDRESS_FAILURE, IKE2_SHAPE_EMPTY, false, 0, 0 },           /* 3.15.4 */
    { IKE2_NOTIFY_FAILED_CP_REQUIRED, IKE2_SHAPE_EMPTY, false, 0, 0 },                 /* 2.19 */
    { IKE2_NOTIFY_TS_UNACCEPTABLE, IKE2_SHAPE_EMPTY, false, 0, 0 },                    /* 2.9 */
    { IKE2_NOTIFY_INVALID_SELECTORS, IKE2_SHAPE_OCTETS, true, 0, ANY_OCTETS },         /* 3.10.1 */
    { IKE2_NOTIFY_TEMPORARY_FAILURE, IKE2_SHAPE_EMPTY, false, 0, 0 },                  /* 2.25 */
    { IKE2_NOTIFY_CHILD_SA_NOT_FOUND, IKE2_SHAPE_EMPTY, true, 0, 0 },                  /* 2.25 */
    { IKE2_NOTIFY_INITIAL_CONTACT, IKE2_SHAPE_EMPTY, false, 0, 0 },                    /* 2.4 */
    { IKE2_NOTIFY_SET_WINDOW_SIZE, IKE2_SHAPE_NUMBER, false, 4, 4 },                   /* 2.3 */
    { IKE2_NOTIFY_ADDITIONAL_TS_POSSIBLE, IKE2_SHAPE_EMPTY, false, 0, 0 },             /* 2.9 */
    { IKE2_NOTIFY_IPCOMP_SUPPORTED, IKE2_SHAPE_IPCOMP, false, 3, 3 },                  /* 2.22 */
    { IKE2_NOTIFY_NAT_DETECTION_SOURCE_IP, IKE2_SHAPE_OCTETS, false, 20, 20 },         /* 2.23 */
    { IKE2_NOTIFY_NAT_DETECTION_DESTINATION_IP, IKE2_SHAPE_OCTETS, false, 20, 20 },    /* 2.23 */
    { IKE2_NOTIFY_COOKIE, IKE2_SHAPE_OCTETS, false, 1, 64 },                           /* 2.6 */
    { IKE2_NOTIFY_USE_TRANSPORT_MODE, IKE2_SHAPE_EMPTY, false, 0, 0 },                 /* 1.3.1 */
    { IKE2_NOTIFY_HTTP_CERT_LOOKUP_SUPPORTED, IKE2_SHAPE_EMPTY, false, 0, 0 },         /* 3.6 */
    { IKE2_NOTIFY_REKEY_SA, IKE2_SHAPE_EMPTY, true, 0, 0 },                            /* 1.3.3 */
    { IKE2_NOTIFY_ESP_TFC_PADDING_NOT_SUPPORTED, IKE2_SHAPE_EMPTY, false, 0, 0 },      /* 1.3.1 */
    { IKE2_NOTIFY_NON_FIRST_FRAGMENTS_ALSO, IKE2_SHAPE_EMPTY, false, 0, 0 },           /* 1.3.1 */
    { IKE2_NOTIFY_FRAGMENTATION_SUPPORTED, IKE2_SHAPE_EMPTY, false, 0, 0 },      /* RFC 7383 2.3 */
    { IKE2_NOTIFY_SIGNATURE_HASH_ALGORITHMS, IKE2_SHAPE_LIST, false, 2, ANY_OCTETS },
                                                                                 /* RFC 7427 4 */
};

/* A type that is not in the table keeps its data as it is. */
static struct notify_rule rule_of(uint16_t type)
{
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        if (rules[i].type == type)
            return rules[i];
    }
    return (struct notify_rule){ .type = type, .shape = IKE2_SHAPE_RAW, .max = ANY_OCTETS };
}

ike2_err ike2_notify_read(ike2_bytes body, ike2_notify *out)
{
    struct reader r = reader_of(body);
    ike2_notify n = { 0 };
    size_t spi_size;

    n.protocol = read_u8(&r);
    spi_size = read_u8(&r);
    n.type = read_u16(&r);
    n.spi = read_bytes(&r, spi_size);
    n.data = read_rest(&r);
    if (!reader_end(&r))
        return IKE2_ERR_MALFORMED;

    *out = n;
    return IKE2_OK;
}

void ike2_notify_write(ike2_writer *w, const ike2_notify *n)
{
    payload_begin(w, IKE2_PAYLOAD_NOTIFY, false);
    write_uint(w, n->protocol, 1);
    write_uint(w, n->spi.len, 1);
    write_uint(w, n->type, 2);
    write_bytes(w, n->spi);
    write_bytes(w, n->data);
    payload_end(w);
}

static bool is_child_protocol(uint8_t protocol)
{
    return protocol == IKE2_PROTOCOL_AH || protocol == IKE2_PROTOCOL_ESP;
}

/* RFC 7296 3.10: the Protocol ID is only meaningful with an SPI; where a type has none, both are
 * ignored: some peers send Protocol ID 1 with every notify. */
static bool child_read(const ike2_notify *n, ike2_notify_data *out)
{
    struct reader r = reader_of(n->spi);

    out->spi = read_u32(&r);
    out->protocol = n->protocol;
    return reader_end(&r) && is_child_protocol(n->protocol);
}

static bool data_fits(const struct notify_rule *rule, ike2_bytes data)
{
    if (rule->shape == IKE2_SHAPE_LIST && data.len % LIST_ITEM_OCTETS != 0)
        return false;
    return data.len >= rule->min && data.len <= rule->max;
}

ike2_err ike2_notify_data_read(const ike2_notify *n, ike2_notify_data *out)
{
    const struct notify_rule rule = rule_of(n->type);
    ike2_notify_data data = { .shape = rule.shape };
    struct reader r = reader_of(n->data);

    if (rule.names_child && !child_read(n, &data))
        return IKE2_ERR_MALFORMED;
    /* Data where none is expected is ignored. */
    if (rule.shape != IKE2_SHAPE_EMPTY && !data_fits(&rule, n->data))
        return IKE2_ERR_MALFORMED;
    if (rule.shape == IKE2_SHAPE_IPCOMP) {
        data.number = read_u16(&r);
        data.transform = read_u8(&r);
    } else if (rule.shape == IKE2_SHAPE_NUMBER) {
        data.number = (uint32_t)read_uint(&r, rule.min);
    } else if (rule.shape != IKE2_SHAPE_EMPTY) {
        data.octets = n->data;
    }

    *out = data;
    return IKE2_OK;
}

static void child_write(ike2_writer *w, const ike2_notify_data *data)
{
    if (!is_child_protocol(data->protocol))
        w->failed = true;
    write_uint(w, data->protocol, 1);
    write_uint(w, CHILD_SPI_OCTETS, 1);
}

void ike2_notify_data_write(ike2_writer *w, uint16_t type, const ike2_notify_data *data)
{
    const struct notify_rule rule = rule_of(type);

    payload_begin(w, IKE2_PAYLOAD_NOTIFY, false);
    if (rule.names_child)
        child_write(w, data);
    else
        write_uint(w, 0, 2);
    write_uint(w, type, 2);
    if (rule.names_child)
        write_uint(w, data->spi, CHILD_SPI_OCTETS);
    if (rule.shape == IKE2_SHAPE_IPCOMP) {
        write_uint(w, data->number, 2);
        write_uint(w, data->transform, 1);
    } else if (rule.shape == IKE2_SHAPE_NUMBER) {
        write_uint(w, data->number, rule.min);
    } else if (rule.shape != IKE2_SHAPE_EMPTY) {
        if (!data_fits(&rule, data->octets))
            w->failed = true;
        write_bytes(w, data->octets);
    }
    payload_end(w);
}

void ike2_notify_list_walk(ike2_walk *w, ike2_bytes octets)
{
    *w = walk_of(octets);
}

bool ike2_notify_list_next(ike2_walk *w, uint16_t *out)
{
    struct reader r = reader_of(w->rest);
    uint16_t value;

    if (w->failed || w->rest.len == 0)
        return false;
    value = read_u16(&r);
    w->rest = read_rest(&r);
    if (!reader_end(&r))
        return walk_fail(w);

    *out = value;
    return true;
}

void ike2_notify_list_write(ike2_writer *w, uint16_t type, const uint16_t *values, size_t n)
{
    payload_begin(w, IKE2_PAYLOAD_NOTIFY, false);
    write_uint(w, 0, 2);
    write_uint(w, type, 2);
    for (size_t i = 0; i < n && !w->failed; i++)
        write_uint(w, values[i], LIST_ITEM_OCTETS);
    payload_end(w);
}
