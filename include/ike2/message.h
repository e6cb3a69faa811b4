/** @file ike2/message.h
 *  The wire codec alone: no state, no allocation, no crypto. Enough for a dissector, a dispatcher,
 *  a test tool or a fuzzer. Section numbers are RFC 7296 unless said otherwise; code points are in
 *  ike2/iana.h.
 *
 *  Readers return views into their input, which live as long as the input does, and write `*out`
 *  only on success; their only error is IKE2_ERR_MALFORMED. Writers return nothing: the outcome is
 *  tested once, by ike2_message_end, ike2_sk_end or ike2_writer_end; their only error is
 *  IKE2_ERR_SPACE, which also stands for a value that does not fit its field and for calls out of
 *  order. Lengths count octets. All functions may be called on any thread; they share nothing. */
#ifndef IKE2_MESSAGE_H
#define IKE2_MESSAGE_H

#include <ike2/error.h>
#include <ike2/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/** @name Values
 *  What is read, written and configured. All are frozen; fields named `reserved` are zero.
 *  @{ */

/** The IKE header, section 3.1, in host byte order. */
typedef struct ike2_header {
    uint64_t spi_i;       /**< the initiator's SPI */
    uint64_t spi_r;       /**< the responder's SPI; 0 in the first request */
    uint8_t next_payload; /**< type of the first payload, IKE2_PAYLOAD_* */
    uint8_t version;      /**< major version in the upper four bits: IKE2_VERSION_2_0 */
    uint8_t exchange;     /**< IKE2_EXCHANGE_* */
    uint8_t flags;        /**< IKE2_FLAG_*, OR-ed */
    uint32_t message_id;  /**< Message ID, section 2.2 */
    uint32_t length;      /**< of the whole message, in octets */
    uint32_t reserved;    /**< 0 */
} ike2_header;

/** One generic payload, section 3.2. */
typedef struct ike2_payload {
    uint8_t type;        /**< IKE2_PAYLOAD_* */
    bool critical;       /**< to be refused by who does not know the type, section 2.5 */
    uint8_t reserved[6]; /**< 0 */
    ike2_bytes body;     /**< without the four octets of the generic header */
} ike2_payload;

/** One transform, section 3.3.2. */
typedef struct ike2_transform {
    uint8_t type;      /**< IKE2_TRANSFORM_* */
    bool strange;      /**< read only: an unknown attribute; such a transform is never chosen */
    uint16_t id;       /**< IKE2_ENCR_*, IKE2_PRF_*, IKE2_INTEG_*, IKE2_KE_*, IKE2_ESN_* */
    uint16_t key_bits; /**< Key Length, section 3.3.5; 0 if absent */
    uint16_t reserved; /**< 0 */
} ike2_transform;

/** One proposal, section 3.3.1; also how proposals are configured. */
typedef struct ike2_proposal {
    uint8_t number;      /**< configured: 0, the position counts */
    uint8_t protocol;    /**< IKE2_PROTOCOL_* */
    uint8_t reserved[6]; /**< 0 */
    ike2_bytes spi;      /**< configured: empty */
    const ike2_transform *transforms; /**< read: NULL, walk instead */
    size_t n_transforms;              /**< how many there are, also when read */
} ike2_proposal;

/** Key Exchange payload, section 3.4. */
typedef struct ike2_ke_payload {
    uint16_t method;      /**< IKE2_KE_* */
    uint16_t reserved[3]; /**< 0 */
    ike2_bytes data;      /**< the public value, as its method encodes it; may be empty */
} ike2_ke_payload;

/** Identification payload, section 3.5; also how identities are configured. */
typedef struct ike2_id {
    uint8_t type;        /**< IKE2_ID_*; 0 in a configuration: none, or any */
    uint8_t reserved[7]; /**< 0 */
    ike2_bytes data;     /**< in the form of its type */
} ike2_id;

/** Certificate or Certificate Request payload, sections 3.6 and 3.7. */
typedef struct ike2_cert {
    uint8_t encoding;    /**< IKE2_CERT_* */
    uint8_t reserved[7]; /**< 0 */
    ike2_bytes data;     /**< the certificate; of a request, SHA-1 hashes, 20 octets each */
} ike2_cert;

/** A Certificate payload that says where a certificate is, instead of holding it, section 3.6; also
 *  how such places are configured. A bundle is DER: certificates, the end entity's first, and
 *  CRLs. */
typedef struct ike2_hash_url {
    uint8_t encoding;    /**< IKE2_CERT_HASH_AND_URL or _BUNDLE */
    uint8_t reserved[7]; /**< 0 */
    ike2_bytes hash;     /**< SHA-1 of the octets that are there, 20 octets */
    ike2_bytes url;      /**< http; not terminated, 1 to 2048 octets, ASCII without spaces */
} ike2_hash_url;

/** Authentication payload, section 3.8. */
typedef struct ike2_auth_payload {
    uint8_t method;      /**< IKE2_AUTH_METHOD_* */
    uint8_t reserved[7]; /**< 0 */
    ike2_bytes data;     /**< method 14: the AlgorithmIdentifier is still in front, RFC 7427 3 */
} ike2_auth_payload;

/** Notify payload, section 3.10. */
typedef struct ike2_notify {
    uint8_t protocol;   /**< IKE2_PROTOCOL_*; means something only with an SPI */
    uint8_t reserved;   /**< 0 */
    uint16_t type;      /**< IKE2_NOTIFY_* */
    uint32_t reserved2; /**< 0 */
    ike2_bytes spi;     /**< which SA is meant; as a rule empty */
    ike2_bytes data;    /**< raw; ike2_notify_data_read knows its form */
} ike2_notify;

/** Forms of a notify's data. */
enum {
    IKE2_SHAPE_RAW = 0,    /**< `octets`: a type that the codec does not know */
    IKE2_SHAPE_EMPTY = 1,  /**< nothing; what a peer sends nevertheless is ignored */
    IKE2_SHAPE_NUMBER = 2, /**< `number`: a payload type, KE method, Message ID, window or SPI */
    IKE2_SHAPE_OCTETS = 3, /**< `octets`, of a length that fits the type: a cookie, a hash */
    IKE2_SHAPE_LIST = 4,   /**< `octets`: 16-bit values, for ike2_notify_list_walk */
    IKE2_SHAPE_IPCOMP = 5  /**< `number` is the CPI, and `transform`; section 2.22 */
};

/** What a Notify payload says, in the form of its type. */
typedef struct ike2_notify_data {
    uint8_t shape;      /**< IKE2_SHAPE_*: read only, the type decides */
    uint8_t protocol;   /**< IKE2_PROTOCOL_AH or _ESP if the type names a Child SA, else 0 */
    uint8_t transform;  /**< IKE2_IPCOMP_*, or 0 */
    uint8_t reserved;   /**< 0 */
    uint32_t spi;       /**< the SPI if the type names a Child SA, else 0 */
    uint32_t number;    /**< of shapes NUMBER and IPCOMP, else 0 */
    uint32_t reserved2; /**< 0 */
    ike2_bytes octets;  /**< of shapes RAW, OCTETS and LIST, else empty */
} ike2_notify_data;

/** Delete payload, section 3.11: `spis` holds `count` SPIs of `spi_size`. */
typedef struct ike2_delete {
    uint8_t protocol;  /**< IKE2_PROTOCOL_* */
    uint8_t spi_size;  /**< octets of each SPI: 0 for IKE, 4 for AH and ESP */
    uint16_t count;    /**< number of SPIs */
    uint32_t reserved; /**< 0 */
    ike2_bytes spis;   /**< one behind the other */
} ike2_delete;

/** One traffic selector, section 3.13.1; also how selectors are configured. */
typedef struct ike2_ts {
    uint8_t type;        /**< IKE2_TS_* */
    uint8_t protocol;    /**< IP protocol; 0 = any */
    uint16_t port_first; /**< lowest port, or ICMP type and code */
    uint16_t port_last;  /**< highest port; 65535 down to 0 means OPAQUE */
    uint8_t reserved[2]; /**< 0 */
    uint8_t first[16];   /**< lowest address, network byte order; IPv4 in the first four octets */
    uint8_t last[16];    /**< highest address, likewise */
    ike2_bytes label;    /**< body of a type that is not an address range */
} ike2_ts;

/** One configuration attribute, section 3.15.1. */
typedef struct ike2_cfg_attr {
    uint16_t type;        /**< IKE2_CFG_*; at most 32767 */
    uint16_t reserved[3]; /**< 0 */
    ike2_bytes value;     /**< empty in a request that has no wish */
} ike2_cfg_attr;

/** EAP message of an EAP payload, section 3.16: its framing only. */
typedef struct ike2_eap {
    uint8_t code;        /**< IKE2_EAP_* */
    uint8_t identifier;  /**< matches responses with requests */
    uint8_t reserved[6]; /**< 0 */
    ike2_bytes data;     /**< Type and what follows it; empty for Success and Failure */
} ike2_eap;

/** @}
 *  @name Classifying a datagram
 *  @{ */

/** What a datagram is. */
enum {
    IKE2_KIND_GARBAGE = 0,  /**< none of the others, or too short */
    IKE2_KIND_IKE = 1,      /**< there is an IKE header */
    IKE2_KIND_ESP = 2,      /**< no non-ESP marker in front */
    IKE2_KIND_KEEPALIVE = 3 /**< a NAT keepalive, RFC 3948 2.3 */
};

/** A classified datagram. */
typedef struct ike2_peeked {
    uint32_t kind;      /**< IKE2_KIND_* */
    uint32_t esp_spi;   /**< ESP only, else 0 */
    ike2_header header; /**< IKE only; unchecked, even version and length */
    ike2_bytes message; /**< IKE only: without the non-ESP marker */
} ike2_peeked;

/** Says what a UDP payload or TCP frame is; `encap` is IKE2_ENCAP_*. For dispatch before any lock,
 *  on a NIC core as well: touches at most the first 32 octets and checks no length but its own.
 *  Sections 2.23 and 3.1. */
IKE2_API void ike2_peek(ike2_bytes payload, uint8_t encap, ike2_peeked *out);

/** @}
 *  @name Reading
 *  A walk is caller-allocated, its fields are private. `..._next` is false at the end *and* on
 *  malformed input; ike2_walk_end tells which, and is OK only at the very last octet.
 *  @{ */

/** Reads the header of a whole message, section 3.1. Any version is read; the caller decides.
 *  IKE2_ERR_MALFORMED: shorter than a header, or not as long as the header says. */
IKE2_API IKE2_MUST_CHECK ike2_err ike2_header_read(ike2_bytes message, ike2_header *out);

/** Where a walk stands; private. */
typedef struct ike2_walk {
    ike2_bytes rest; /**< private: not walked yet */
    uint32_t next;   /**< private: what is expected */
    uint32_t failed; /**< private: malformed */
} ike2_walk;

/** IKE2_OK only if everything was consumed and well formed. Always call it; in the middle of a walk
 *  it is IKE2_ERR_MALFORMED. */
IKE2_API IKE2_MUST_CHECK ike2_err ike2_walk_end(const ike2_walk *w);

/** Begins the walk of a payload chain, section 3.2; `first` is the type of its first payload. An SK
 *  or SKF payload is yielded and ends the chain. */
IKE2_API void ike2_payload_walk(ike2_walk *w, uint8_t first, ike2_bytes chain);
/** Yields the next payload; false if there is none. */
IKE2_API bool ike2_payload_next(ike2_walk *w, ike2_payload *out);

/** Begins the walk of an SA payload's body, section 3.3; without a proposal it is malformed. */
IKE2_API void ike2_proposal_walk(ike2_walk *w, ike2_bytes sa_body);
/** Yields the next proposal, and in `transforms` what ike2_transform_walk takes. All transforms
 *  have been checked by then: as many as `n_transforms`, and well formed. */
IKE2_API bool ike2_proposal_next(ike2_walk *w, ike2_proposal *out, ike2_bytes *transforms);
/** Begins the walk of a proposal's transforms, section 3.3.2. */
IKE2_API void ike2_transform_walk(ike2_walk *w, ike2_bytes transforms);
/** Yields the next transform; `attrs`, which may be NULL, receives its raw attributes. */
IKE2_API bool ike2_transform_next(ike2_walk *w, ike2_transform *out, ike2_bytes *attrs);

/** Begins the walk of a TSi or TSr payload's body, section 3.13; without a selector, or with
 *  another number of them than it says, it is malformed. */
IKE2_API void ike2_ts_walk(ike2_walk *w, ike2_bytes ts_body);
/** Yields the next selector. That `first` is not above `last` is not checked: nothing matches such
 *  a range, and ports 65535 to 0 mean OPAQUE. Unknown types are yielded with their `label`. */
IKE2_API bool ike2_ts_next(ike2_walk *w, ike2_ts *out);

/** Begins the walk of a CP payload's body, section 3.15; `*cp_type` receives IKE2_CP_*, or 0. */
IKE2_API void ike2_cfg_walk(ike2_walk *w, ike2_bytes cp_body, uint8_t *cp_type);
/** Yields the next attribute. The length that its type demands is not checked. */
IKE2_API bool ike2_cfg_next(ike2_walk *w, ike2_cfg_attr *out);

/** Reads a KE payload's body, section 3.4. */
IKE2_API IKE2_MUST_CHECK ike2_err ike2_ke_read(ike2_bytes body, ike2_ke_payload *out);
/** Reads an IDi or IDr payload's body, section 3.5. An address of a wrong length is malformed. */
IKE2_API IKE2_MUST_CHECK ike2_err ike2_id_read(ike2_bytes body, ike2_id *out);
/** Reads a CERT or CERTREQ payload's body, sections 3.6 and 3.7. */
IKE2_API IKE2_MUST_CHECK ike2_err ike2_cert_read(ike2_bytes body, ike2_cert *out);
/** Reads a certificate of one of the two encodings Hash and URL, section 3.6. Others are malformed,
 *  and so is a URL that is none by its characters or its length; its scheme is not looked at. */
IKE2_API IKE2_MUST_CHECK ike2_err ike2_hash_url_read(const ike2_cert *cert, ike2_hash_url *out);
/** Reads an AUTH payload's body, section 3.8. */
IKE2_API IKE2_MUST_CHECK ike2_err ike2_auth_read(ike2_bytes body, ike2_auth_payload *out);
/** Reads a Ni or Nr payload's body, section 3.9: 16 to 256 octets. */
IKE2_API IKE2_MUST_CHECK ike2_err ike2_nonce_read(ike2_bytes body, ike2_bytes *out);
/** Reads an N payload's body, section 3.10. */
IKE2_API IKE2_MUST_CHECK ike2_err ike2_notify_read(ike2_bytes body, ike2_notify *out);
/** Reads what `n` says in the form of its type: all types of RFC 7296, RFC 7383 and RFC 7427; data
 *  of others is IKE2_SHAPE_RAW. A protocol or SPI where the type has none is ignored. */
IKE2_API IKE2_MUST_CHECK ike2_err ike2_notify_data_read(const ike2_notify *n,
                                                        ike2_notify_data *out);
/** Begins the walk of an IKE2_SHAPE_LIST: the hash algorithms of RFC 7427 4. */
IKE2_API void ike2_notify_list_walk(ike2_walk *w, ike2_bytes octets);
/** Yields the next value. */
IKE2_API bool ike2_notify_list_next(ike2_walk *w, uint16_t *out);
/** Reads a D payload's body, section 3.11. */
IKE2_API IKE2_MUST_CHECK ike2_err ike2_delete_read(ike2_bytes body, ike2_delete *out);
/** Reads an EAP payload's body, section 3.16: the length must be that of the body, a Request or
 *  Response has a Type, and a Success or Failure has no data. */
IKE2_API IKE2_MUST_CHECK ike2_err ike2_eap_read(ike2_bytes body, ike2_eap *out);

/** @}
 *  @name Writing
 *  Each `..._write` appends one whole payload: its header, the type in the payload before it, and
 *  its length. A message is begin, payloads, end; a bare chain is init, payloads, writer_end, and
 *  the caller remembers the type of its first payload.
 *  @{ */

/** Begins in `room`, which has `cap` octets and stays the caller's. */
IKE2_API void ike2_writer_init(ike2_writer *w, uint8_t *room, size_t cap);
/** Ends a bare chain; `*out` views what was written. IKE2_ERR_SPACE. */
IKE2_API IKE2_MUST_CHECK ike2_err ike2_writer_end(const ike2_writer *w, ike2_bytes *out);

/** Begins a message with its header, section 3.1, at the start of the room; `next_payload` and
 *  `length` of `h` are ignored and filled in later. */
IKE2_API void ike2_message_begin(ike2_writer *w, const ike2_header *h);
/** Sets the length; `*out` views the finished message. IKE2_ERR_SPACE. */
IKE2_API IKE2_MUST_CHECK ike2_err ike2_message_end(ike2_writer *w, ike2_bytes *out);

/** Opens a payload of any type, for tests and private payloads: ike2_octets_write and
 *  ike2_uint_write fill it, ike2_payload_end closes it. Section 3.2. */
IKE2_API void ike2_payload_begin(ike2_writer *w, uint8_t type, bool critical);
/** Appends octets as they are. */
IKE2_API void ike2_octets_write(ike2_writer *w, ike2_bytes octets);
/** Appends `value` in network byte order; it must fit `width` octets. */
IKE2_API void ike2_uint_write(ike2_writer *w, uint64_t value, size_t width);
/** Closes the open payload: sets its length. */
IKE2_API void ike2_payload_end(ike2_writer *w);

/** Writes an SA payload of `n` proposals, at least one; section 3.3. Numbers that are 0 become the
 *  position, counted from one. `strange` is ignored. */
IKE2_API void ike2_sa_write(ike2_writer *w, const ike2_proposal *proposals, size_t n);
/** Writes a KE payload, section 3.4. */
IKE2_API void ike2_ke_write(ike2_writer *w, const ike2_ke_payload *ke);
/** Writes an identity, section 3.5; `type` is IKE2_PAYLOAD_IDI or _IDR. */
IKE2_API void ike2_id_write(ike2_writer *w, uint8_t type, const ike2_id *id);
/** Writes a certificate or a request for one, sections 3.6 and 3.7; `type` is IKE2_PAYLOAD_CERT or
 *  _CERTREQ. */
IKE2_API void ike2_cert_write(ike2_writer *w, uint8_t type, const ike2_cert *cert);
/** Writes a Hash and URL as a CERT payload, section 3.6. */
IKE2_API void ike2_hash_url_write(ike2_writer *w, const ike2_hash_url *h);
/** Writes an AUTH payload, section 3.8. */
IKE2_API void ike2_auth_write(ike2_writer *w, const ike2_auth_payload *auth);
/** Writes a payload whose body is its data: NONCE, VENDOR, or an EAP message as it came; sections
 *  3.9, 3.12, 3.16. */
IKE2_API void ike2_data_write(ike2_writer *w, uint8_t type, ike2_bytes data);
/** Writes an N payload, section 3.10. */
IKE2_API void ike2_notify_write(ike2_writer *w, const ike2_notify *n);
/** Writes an N payload of `type` whose content is given in the form of that type: the inverse of
 *  ike2_notify_data_read. Types the codec does not know take `octets`, without protocol and SPI. */
IKE2_API void ike2_notify_data_write(ike2_writer *w, uint16_t type, const ike2_notify_data *data);
/** Writes an N payload of `type` that lists `n` 16-bit values: SIGNATURE_HASH_ALGORITHMS. */
IKE2_API void ike2_notify_list_write(ike2_writer *w, uint16_t type, const uint16_t *values,
                                     size_t n);
/** Writes a D payload, section 3.11; `count` and `spi_size` must agree with `spis`. */
IKE2_API void ike2_delete_write(ike2_writer *w, const ike2_delete *d);
/** Writes 1 to 255 selectors, section 3.13; `type` is IKE2_PAYLOAD_TSI or _TSR. */
IKE2_API void ike2_ts_write(ike2_writer *w, uint8_t type, const ike2_ts *ts, size_t n);
/** Writes a CP payload of `n` attributes, section 3.15; `cp_type` is IKE2_CP_*. */
IKE2_API void ike2_cfg_write(ike2_writer *w, uint8_t cp_type, const ike2_cfg_attr *a, size_t n);
/** Writes an EAP payload, section 3.16. */
IKE2_API void ike2_eap_write(ike2_writer *w, const ike2_eap *eap);

/** @}
 *  @name SK and SKF framing
 *  Section 3.14 and RFC 7383 2.5. Framing only: where the IV, the ciphertext, the padding and the
 *  ICV are. Sealing and opening are the caller's, with an ike2_crypto or with whatever a tool has
 *  at hand.
 *  @{ */

/** Lengths that the negotiated algorithms give, in octets. */
typedef struct ike2_sk_sizes {
    uint8_t iv_len;      /**< explicit IV, as in the message */
    uint8_t icv_len;     /**< Integrity Checksum Data */
    uint8_t block_len;   /**< padding unit; 0 or 1 = none */
    uint8_t reserved[5]; /**< 0 */
} ike2_sk_sizes;

/** A received protected message, cut. `aad` + `iv` + `sealed` is what a separate integrity
 *  algorithm covers; they are adjacent. */
typedef struct ike2_sk_parts {
    ike2_bytes aad;      /**< associated data of an AEAD, RFC 5282 5.1: everything before the IV */
    ike2_bytes iv;       /**< explicit IV */
    ike2_bytes sealed;   /**< ciphertext, with padding and pad length; never empty, whole blocks */
    ike2_bytes icv;      /**< Integrity Checksum Data */
    uint16_t fragment;   /**< SKF: fragment number, from 1; 0 for SK */
    uint16_t fragments;  /**< SKF: total fragments, at least `fragment`; 0 for SK */
    uint8_t first;       /**< type of the first inner payload; of later fragments 0, or ignored */
    uint8_t reserved[3]; /**< 0 */
} ike2_sk_parts;

/** Cuts a whole message whose last payload is SK or SKF. */
IKE2_API IKE2_MUST_CHECK ike2_err ike2_sk_read(ike2_bytes message, const ike2_sk_sizes *sizes,
                                               ike2_sk_parts *out);
/** Removes the padding of opened plaintext; `*inner` views the inner chain, or a slice of it for
 *  SKF. Call it only after the ICV has been verified. */
IKE2_API IKE2_MUST_CHECK ike2_err ike2_sk_unpad(ike2_bytes plain, ike2_bytes *inner);

/** Where to put what, in the writer's room. */
typedef struct ike2_sk_room {
    ike2_bytes aad;  /**< associated data; the IV follows */
    uint8_t *iv;     /**< to be filled: `iv_len` octets, zero so far */
    uint8_t *data;   /**< plaintext with its padding: seal in place */
    size_t data_len; /**< octets of `data` */
    uint8_t *icv;    /**< to be filled: `icv_len` octets behind `data`, undefined so far */
} ike2_sk_room;

/** Opens an SK (`fragments` 0) or SKF payload after ike2_message_begin. Inner payloads follow, or,
 *  by ike2_octets_write, a chain or a slice of one whose first payload is of type `first`; for
 *  later fragments `first` is 0, RFC 7383 2.5. */
IKE2_API void ike2_sk_begin(ike2_writer *w, const ike2_sk_sizes *sizes, uint8_t first,
                            uint16_t fragment, uint16_t fragments);
/** Pads, reserves the ICV and sets both lengths; `*message` is final once `*room` is sealed.
 *  `sizes` as for ike2_sk_begin. IKE2_ERR_SPACE. */
IKE2_API IKE2_MUST_CHECK ike2_err ike2_sk_end(ike2_writer *w, const ike2_sk_sizes *sizes,
                                              ike2_sk_room *room, ike2_bytes *message);

/** @}
 *  @name Text
 *  For logs, configurations and tools.
 *  @{ */

/** IANA name of an exchange type, or NULL if it is unassigned. */
IKE2_API const char *ike2_exchange_name(uint8_t exchange);
/** RFC 7296's short name of a payload type, or NULL if it is unassigned. */
IKE2_API const char *ike2_payload_name(uint8_t type);
/** IANA name of a notify type, or NULL if it is unassigned. */
IKE2_API const char *ike2_notify_name(uint16_t type);
/** IANA name of a transform; `type` is IKE2_TRANSFORM_*. NULL if it is unassigned. */
IKE2_API const char *ike2_transform_name(uint8_t type, uint16_t id);

/** Parse "aes256gcm16-prfsha384-ecp384" into `out`, using `room` for the
 *  transforms. A convenience; tables work as well. ERR_MALFORMED, ERR_UNSUPPORTED, ERR_SPACE. */
IKE2_API IKE2_MUST_CHECK ike2_err ike2_proposal_parse(const char *text, uint8_t protocol,
                                                      ike2_transform *room, size_t n_room,
                                                      ike2_proposal *out);
/** Writes the text form of a proposal whose transforms are in its table, terminated and cut to fit;
 *  returns the length it would need without the terminator. ike2_proposal_parse makes the same
 *  proposal of it, if each of its transforms has a word; one that has none is shown by its
 *  numbers, "encr23/128". */
IKE2_API size_t ike2_proposal_text(const ike2_proposal *p, char *text, size_t cap);
/** Parses the text form of an identity into `out`, whose octets go to `room`; section 3.5.
 *
 *  "vpn.example.org" is an FQDN, "user@example.org" an RFC822 address, "192.0.2.1" and
 *  "2001:db8::1" are addresses. A prefix says the type where the text does not: "fqdn:", "rfc822:"
 *  and "keyid:" are followed by text in which \\xNN stands for any octet; "dn:#" and "gn:#" by DER
 *  in hexadecimal.
 *  "null" is ID_NULL, and "%any" type 0.
 *
 *  IKE2_ERR_MALFORMED; IKE2_ERR_SPACE: `room->len` says what would be needed. */
IKE2_API IKE2_MUST_CHECK ike2_err ike2_id_parse(const char *text, ike2_buffer *room, ike2_id *out);
/** Writes the text form of `id`, terminated and cut to fit; returns the length it would need
 *  without the terminator. Safe to log, whoever sent it: octets that are not printable ASCII become
 *  \\xNN. What ike2_id_parse takes can be parsed again, except for a DN, which is shown as
 *  "dn:C=CH, O=Example, CN=moon" if it is one. */
IKE2_API size_t ike2_id_text(const ike2_id *id, char *text, size_t cap);

/** @} */

#ifdef __cplusplus
}
#endif
#endif
