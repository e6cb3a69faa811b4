/* base/addr.h - transport addresses: compare, and their octets. */
#ifndef BASE_ADDR_H
#define BASE_ADDR_H

#include <ike2/types.h>

/* 4 or 16; 0 for a family that is neither. */
size_t ike2_addr_ip_len(const ike2_addr *a);
/* The address octets, without the port. */
ike2_bytes ike2_addr_ip(const ike2_addr *a);
bool ike2_addr_equal_ip(const ike2_addr *a, const ike2_addr *b);
/* Address, zone and port. */
bool ike2_addr_equal(const ike2_addr *a, const ike2_addr *b);
/* Both ends, encapsulation and tag. */
bool ike2_path_equal(const ike2_path *a, const ike2_path *b);

#endif
