/* attribute.c - a Configuration payload, for people. RFC 7296 3.15, RFC 8598 4. */
#include "attribute.h"

#include <arpa/inet.h>

#include <ike2/iana.h>
#include <ike2/message.h>

#include "words.h"

/* How the value of an attribute is best shown. */
enum form { FORM_OCTETS, FORM_ADDRESS, FORM_PREFIX, FORM_NETWORK, FORM_TEXT };

static enum form form_of(uint16_t type)
{
    switch (type) {
    case IKE2_CFG_INTERNAL_IP4_ADDRESS:
    case IKE2_CFG_INTERNAL_IP4_NETMASK:
    case IKE2_CFG_INTERNAL_IP4_DNS:
    case IKE2_CFG_INTERNAL_IP4_NBNS:
    case IKE2_CFG_INTERNAL_IP4_DHCP:
    case IKE2_CFG_INTERNAL_IP6_DNS:
    case IKE2_CFG_INTERNAL_IP6_DHCP:
    case IKE2_CFG_P_CSCF_IP4_ADDRESS:
    case IKE2_CFG_P_CSCF_IP6_ADDRESS: return FORM_ADDRESS;
    case IKE2_CFG_INTERNAL_IP6_ADDRESS:
    case IKE2_CFG_INTERNAL_IP6_SUBNET: return FORM_PREFIX;
    case IKE2_CFG_INTERNAL_IP4_SUBNET: return FORM_NETWORK;
    case IKE2_CFG_APPLICATION_VERSION:
    case IKE2_CFG_INTERNAL_DNS_DOMAIN: return FORM_TEXT;
    default: return FORM_OCTETS;
    }
}

/* Four or sixteen octets. */
static const char *address_text(const uint8_t *octets, size_t len, char text[INET6_ADDRSTRLEN])
{
    return inet_ntop(len == 4 ? AF_INET : AF_INET6, octets, text, INET6_ADDRSTRLEN);
}

/* A value whose length is not the one of its form is shown as octets. */
static void value_show(const struct tree *t, enum form form, ike2_bytes value)
{
    char first[INET6_ADDRSTRLEN] = "", second[INET6_ADDRSTRLEN] = "";

    if (form == FORM_TEXT) {
        tree_text(t, "Value", value);
    } else if (form == FORM_ADDRESS && (value.len == 4 || value.len == 16)) {
        tree_line(t, "Value: %s", address_text(value.ptr, value.len, first));
    } else if (form == FORM_PREFIX && value.len == 17) {
        tree_line(t, "Value: %s/%u", address_text(value.ptr, 16, first), value.ptr[16]);
    } else if (form == FORM_NETWORK && value.len == 8) {
        tree_line(t, "Value: %s netmask %s", address_text(value.ptr, 4, first),
                  address_text(value.ptr + 4, 4, second));
    } else {
        tree_octets(t, "Value", value);
    }
}

void attributes_show(const struct tree *t, ike2_bytes body)
{
    const struct tree below = tree_below(t);
    ike2_cfg_attr attr;
    ike2_walk walk;
    uint8_t type;

    ike2_cfg_walk(&walk, body, &type);
    tree_named(t, "Type", cp_word(type), type);
    while (ike2_cfg_next(&walk, &attr)) {
        tree_named(t, "Attribute", attribute_word(attr.type), attr.type);
        if (attr.value.len != 0)
            value_show(&below, form_of(attr.type), attr.value);
    }
}
