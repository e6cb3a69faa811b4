/* base/addr.c - transport addresses: compare, and their octets. */
#include "base/addr.h"
#include "base/bytes.h"

size_t ike2_addr_ip_len(const ike2_addr *a)
{
    if (a->family == 4)
        return 4;
    return a->family == 6 ? 16 : 0;
}

ike2_bytes ike2_addr_ip(const ike2_addr *a)
{
    return bytes_of(a->ip, ike2_addr_ip_len(a));
}

bool ike2_addr_equal_ip(const ike2_addr *a, const ike2_addr *b)
{
    return a->family == b->family && bytes_equal(ike2_addr_ip(a), ike2_addr_ip(b));
}

bool ike2_addr_equal(const ike2_addr *a, const ike2_addr *b)
{
    return ike2_addr_equal_ip(a, b) && a->scope == b->scope && a->port == b->port;
}

bool ike2_path_equal(const ike2_path *a, const ike2_path *b)
{
    return ike2_addr_equal(&a->local, &b->local) && ike2_addr_equal(&a->remote, &b->remote) &&
           a->encap == b->encap && a->tag == b->tag;
}
