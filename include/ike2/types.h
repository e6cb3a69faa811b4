/** @file ike2/types.h
 *  The vocabulary every other header speaks.
 *
 *  Structures of this API are of four kinds, and each kind can grow or is frozen:
 *  - configurations start with `struct_size`, set by IKE2_INIT; appended only
 *  - infos: likewise; the library fills what fits
 *  - outputs, jobs, what leaf functions are given: library memory read through a const pointer;
 *    appended only
 *  - values: everything else (here, in message.h): small, copied, frozen for good
 *
 *  Fields named `reserved` are zero. No enum type occurs in a structure. */
#ifndef IKE2_TYPES_H
#define IKE2_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <ike2/export.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Borrowed, read-only octets. An empty view may have a NULL `ptr`. */
typedef struct ike2_bytes {
    const uint8_t *ptr; /**< the first octet */
    size_t len;         /**< number of octets */
} ike2_bytes;

/** Caller-owned room for `cap` octets. The callee sets `len` to what it wrote, or, with
 *  IKE2_ERR_SPACE, to what it would need. */
typedef struct ike2_buffer {
    uint8_t *ptr; /**< the first octet of the room */
    size_t cap;   /**< octets of room */
    size_t len;   /**< octets written, or needed */
} ike2_buffer;

/** Milliseconds on any monotonic clock; the library never reads a clock. */
typedef uint64_t ike2_time;
/** The instant that never comes: no deadline. */
#define IKE2_TIME_NEVER UINT64_MAX

/** Durations (`..._ms`, `..._seconds`) are uint32_t: 0 is the default, this is "never". */
#define IKE2_NEVER UINT32_MAX

/** @name Names
 *  All are serials, shard bits first, never 0 and never used twice by one endpoint; a name whose
 *  object is gone yields IKE2_ERR_STALE and nothing else.
 *  @{ */

/** An IKE SA. Survives rekeying, reauthentication, redirection and a change of transport: its
 *  SPIs change, its id does not. Valid until IKE2_EVENT_SA_DOWN has been polled. */
typedef uint64_t ike2_sa_id;
/** A Child SA. Survives rekeying; its SPI pairs are named by their inbound SPI. Valid until
 *  IKE2_EVENT_CHILD_DOWN has been polled. */
typedef uint64_t ike2_child_id;
/** A peer definition (ike2_peer_define). */
typedef uint64_t ike2_peer_id;
/** One outstanding question. */
typedef uint64_t ike2_ask_id;

/** @} */

/** Switch with a default. */
typedef uint8_t ike2_toggle;
/** Values of ike2_toggle. */
enum {
    IKE2_DEFAULT = 0, /**< as documented where the switch is */
    IKE2_ON = 1,      /**< always */
    IKE2_OFF = 2      /**< never */
};

/** How much a negotiable feature is wanted. */
typedef uint8_t ike2_want;
/** Values of ike2_want. */
enum {
    IKE2_WANT_DEFAULT = 0, /**< as documented where the wish is */
    IKE2_WANT_OFF = 1,    /**< neither offered nor accepted */
    IKE2_WANT_ALLOW = 2,  /**< accepted, not offered */
    IKE2_WANT_PREFER = 3, /**< offered; the SA comes up without it as well */
    IKE2_WANT_REQUIRE = 4 /**< no SA without it */
};

/** Transport address without `struct sockaddr`: usable on an RTOS or DPDK. */
typedef struct ike2_addr {
    uint8_t family;   /**< 4, 6, or 0 for "any" */
    uint8_t reserved; /**< 0 */
    uint16_t port;    /**< host byte order */
    uint32_t scope;   /**< IPv6 zone, or 0 */
    uint8_t ip[16];   /**< network byte order; IPv4 in the first four octets */
} ike2_addr;

/** How a datagram is carried. The library adds and removes the non-ESP marker; the host picks
 *  the socket by this value, and owns a TCP stream's prefix and length words. */
enum {
    IKE2_ENCAP_NONE = 0, /**< UDP, no marker: port 500 */
    IKE2_ENCAP_UDP = 1,  /**< UDP, behind the marker: port 4500; RFC 7296 2.23 */
    IKE2_ENCAP_TCP = 2   /**< one TCP frame, behind the marker; RFC 9329 */
};

/** Where a datagram came from, or must go. */
typedef struct ike2_path {
    ike2_addr local;     /**< our end */
    ike2_addr remote;    /**< the peer's, or its NAT's, end */
    uint8_t encap;       /**< IKE2_ENCAP_* */
    uint8_t reserved[7]; /**< 0 */
    uint64_t tag;        /**< caller's own: VRF, interface, NIC queue; echoed unread */
} ike2_path;

/** Bounded builder over caller-owned room; treat the fields as private. The first write that
 *  does not fit marks it failed; it is tested once, at the end (ike2/message.h). */
typedef struct ike2_writer {
    uint8_t *base;   /**< private: the room */
    size_t cap;      /**< private: octets of room */
    size_t len;      /**< private: octets written */
    size_t next_at;  /**< private: where the type of the next payload goes, or SIZE_MAX */
    size_t open_at;  /**< private: where the open payload starts, or SIZE_MAX */
    uint64_t failed; /**< private: something did not fit */
} ike2_writer;

/** Allocator hook. `release` gets the size back; there is no realloc. Called on the endpoint's
 *  thread only. */
typedef struct ike2_mem {
    void *user; /**< first argument of both */
    /** Room for `size` octets, never 0, aligned for any object; NULL if there is none. It need not
     *  be zeroed. */
    void *(*acquire)(void *user, size_t size);
    /** Takes back what `acquire` gave: `size` is what was asked for, the octets have been wiped. */
    void (*release)(void *user, void *ptr, size_t size);
} ike2_mem;

#ifdef __cplusplus
}
#endif
#endif
