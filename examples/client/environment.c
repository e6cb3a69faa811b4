#include "environment.h"

#include <arpa/inet.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "dataplane/prefix.h"

enum { ADDRESS_TEXT = INET6_ADDRSTRLEN, LIST_TEXT = 2048, SPLITS_MAX = 64 };

/* --- Writing ----------------------------------------------------------------------------- */

static void put(struct environment *e, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void put(struct environment *e, const char *format, ...)
{
    size_t room = sizeof e->room - e->used;
    va_list args;
    int len;

    va_start(args, format);
    len = vsnprintf(e->room + e->used, room, format, args);
    va_end(args);
    if (len < 0 || (size_t)len >= room || e->n == ENVIRONMENT_MAX) {
        e->is_full = true;
        return;
    }
    e->list[e->n++] = e->room + e->used;
    e->list[e->n] = NULL;
    e->used += (size_t)len + 1;
}

static const char *address_text(uint8_t family, const uint8_t *ip, char text[ADDRESS_TEXT])
{
    text[0] = '\0';
    (void)inet_ntop(family == 4 ? AF_INET : AF_INET6, ip, text, ADDRESS_TEXT);
    return text;
}

/* Adds a word to a list; `between` is left out in front of the first. */
static void append(char list[LIST_TEXT], const char *between, const char *word)
{
    size_t len = strlen(list);

    (void)snprintf(list + len, LIST_TEXT - len, "%s%s", len > 0 ? between : "", word);
}

/* --- Addresses --------------------------------------------------------------------------- */

static unsigned mask_bits(const uint8_t *mask)
{
    unsigned bits = 0;

    while (bits < 32 && (mask[bits / 8] & 0x80u >> bits % 8) != 0)
        bits++;
    return bits;
}

/* A network of one address is none. */
static void put_netmask(struct environment *e, const struct assigned *a, const ike2_addr *ip)
{
    unsigned bits = mask_bits(a->netmask);
    struct prefix network;
    char text[ADDRESS_TEXT];

    if (bits == 0 || bits == 32)
        return;
    network = prefix_around(4, ip->ip, bits);
    put(e, "INTERNAL_IP4_NETMASK=%s", address_text(4, a->netmask, text));
    put(e, "INTERNAL_IP4_NETMASKLEN=%u", bits);
    put(e, "INTERNAL_IP4_NETADDR=%s", address_text(4, network.ip, text));
}

static const ike2_addr *first_of(const struct inner *inner, uint8_t family)
{
    size_t i;

    for (i = 0; inner != NULL && i < inner->n; i++) {
        if (inner->list[i].family == family)
            return &inner->list[i];
    }
    return NULL;
}

static void put_addresses(struct environment *e, const struct environment_facts *f)
{
    const ike2_addr *ip4 = first_of(f->inner, 4), *ip6 = first_of(f->inner, 6);
    char text[ADDRESS_TEXT];
    unsigned prefix = 128;

    if (ip4 != NULL) {
        put(e, "INTERNAL_IP4_ADDRESS=%s", address_text(4, ip4->ip, text));
        if (f->assigned != NULL)
            put_netmask(e, f->assigned, ip4);
    }
    if (ip6 != NULL) {
        if (f->assigned != NULL && f->assigned->ip6.family == 6)
            prefix = f->assigned->prefix6;
        put(e, "INTERNAL_IP6_ADDRESS=%s", address_text(6, ip6->ip, text));
        put(e, "INTERNAL_IP6_NETMASK=%s/%u", text, prefix);
    }
}

/* --- Names ------------------------------------------------------------------------------- */

static void put_servers(struct environment *e, const char *name, const struct assigned_servers *s,
                        uint8_t family)
{
    char list[LIST_TEXT] = "", text[ADDRESS_TEXT];
    size_t i;

    for (i = 0; i < s->n; i++) {
        if (s->list[i].family == family)
            append(list, " ", address_text(family, s->list[i].ip, text));
    }
    if (list[0] != '\0')
        put(e, "%s=%s", name, list);
}

/* Some scripts know the first domain only, others the list. */
static void put_names(struct environment *e, const struct assigned *a)
{
    char list[ASSIGNED_DOMAINS * DOMAIN_TEXT] = "";
    size_t i, len = 0;

    put_servers(e, "INTERNAL_IP4_DNS", &a->dns, 4);
    put_servers(e, "INTERNAL_IP6_DNS", &a->dns, 6);
    put_servers(e, "INTERNAL_IP4_NBNS", &a->nbns, 4);
    for (i = 0; i < a->n_domains; i++)
        len += (size_t)snprintf(list + len, sizeof list - len, "%s%s", i > 0 ? "," : "",
                                a->domains[i]);
    if (a->n_domains > 0) {
        put(e, "CISCO_DEF_DOMAIN=%s", a->domains[0]);
        put(e, "CISCO_SPLIT_DNS=%s", list);
    }
}

/* --- Networks ---------------------------------------------------------------------------- */

/* The prefixes of a family that go into the tunnel. */
struct splits {
    struct prefix list[SPLITS_MAX];
    size_t n;
    bool is_all;
};

static void read_splits(struct splits *s, const struct selectors *remote, uint8_t family)
{
    struct prefix_walk walk;
    struct prefix p;
    size_t i;

    *s = (struct splits){ 0 };
    for (i = 0; i < remote->n; i++) {
        if (prefix_octets(&remote->list[i]) != (family == 4 ? 4u : 16u))
            continue;
        prefix_walk(&walk, &remote->list[i]);
        while (s->n < SPLITS_MAX && prefix_next(&walk, &p)) {
            s->is_all = s->is_all || p.len == 0;
            s->list[s->n++] = p;
        }
    }
}

static void put_split(struct environment *e, const struct prefix *p, size_t i)
{
    const char *name = p->family == 4 ? "CISCO_SPLIT_INC" : "CISCO_IPV6_SPLIT_INC";
    char text[ADDRESS_TEXT];
    uint8_t mask[4] = { 0 };
    unsigned bit;

    put(e, "%s_%zu_ADDR=%s", name, i, address_text(p->family, p->ip, text));
    for (bit = 0; p->family == 4 && bit < p->len; bit++)
        mask[bit / 8] |= (uint8_t)(0x80u >> bit % 8);
    if (p->family == 4)
        put(e, "%s_%zu_MASK=%s", name, i, address_text(4, mask, text));
    put(e, "%s_%zu_MASKLEN=%u", name, i, p->len);
}

/* Without the number a script sends everything into the tunnel, if there is an address of this
 * family. */
static void put_splits(struct environment *e, const struct selectors *remote, uint8_t family)
{
    struct splits s;
    size_t i;

    read_splits(&s, remote, family);
    if (s.is_all)
        return;
    put(e, "%s=%zu", family == 4 ? "CISCO_SPLIT_INC" : "CISCO_IPV6_SPLIT_INC", s.n);
    for (i = 0; i < s.n; i++)
        put_split(e, &s.list[i], i);
}

/* --- All of it --------------------------------------------------------------------------- */

void environment_make(struct environment *e, const struct environment_facts *f)
{
    char text[ADDRESS_TEXT];

    e->n = 0;
    e->used = 0;
    e->is_full = false;
    e->list[0] = NULL;
    put(e, "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    put(e, "reason=%s", f->reason);
    put(e, "VPNPID=%ld", (long)getpid());
    if (f->gateway != NULL && f->gateway->family != 0)
        put(e, "VPNGATEWAY=%s", address_text(f->gateway->family, f->gateway->ip, text));
    if (f->device != NULL)
        put(e, "TUNDEV=%s", f->device);
    if (f->mtu != 0)
        put(e, "INTERNAL_IP4_MTU=%u", f->mtu);
    put_addresses(e, f);
    if (f->assigned != NULL)
        put_names(e, f->assigned);
    if (f->remote != NULL) {
        put_splits(e, f->remote, 4);
        put_splits(e, f->remote, 6);
    }
}
