/* esp.h - one direction of an ESP SA: packets sealed and opened. RFC 4303, and for the ciphers
 * RFC 3602, 3686, 4106, 4309, 4868, 7634.
 *
 *     SPI (4) | sequence number (4) | IV | payload, padding, pad length, next header | ICV
 *
 * The IV of a counter mode is the sequence number, which never repeats under one key; that of CBC
 * is fresh random octets. */
#ifndef DATAPLANE_ESP_H
#define DATAPLANE_ESP_H

#include <ike2/crypto.h>

#include "fault.h"

enum { ESP_HEADER = 8, ESP_TRAILER = 2 };

/* Values of Next Header that a tunnel has. */
enum { ESP_NEXT_IPV4 = 4, ESP_NEXT_IPV6 = 41, ESP_NEXT_NONE = 59 };

struct esp_config {
    const ike2_crypto *crypto;
    const ike2_suite *suite;
    ike2_key *encr_key;
    ike2_key *integ_key; /* NULL with an AEAD */
    uint32_t spi;
    bool esn;
};

struct esp {
    const ike2_crypto *crypto;
    ike2_transform encr, integ;
    ike2_key *encr_key, *integ_key;
    uint32_t spi;
    bool esn, iv_random;
    size_t iv_len, icv_len;
    size_t align; /* what is encrypted is a multiple of it */
};

/* What a packet carries. */
struct esp_payload {
    uint8_t next_header;
    ike2_bytes octets;
};

/* Takes references of its own to the keys, which esp_clear gives up. Fails with a suite that cannot
 * be used. */
bool esp_init(struct esp *e, const struct esp_config *config, struct fault *fault);
/* Clearing twice, or what is zero, is allowed. */
void esp_clear(struct esp *e);

/* The highest sequence number there is: behind it a new key is needed, RFC 4303 3.3.3. */
uint64_t esp_sequence_max(const struct esp *e);
/* How many octets a payload of `len` becomes, and the largest payload that becomes at most `len`;
 * 0 if there is none. */
size_t esp_sealed_len(const struct esp *e, size_t len);
size_t esp_payload_max(const struct esp *e, size_t len);

/* Writes the whole packet; IKE2_ERR_SPACE, or what the provider says. A number must not be used
 * twice, not even after a failure. */
IKE2_MUST_CHECK ike2_err esp_seal(const struct esp *e, uint64_t sequence,
                                  const struct esp_payload *payload, ike2_buffer *out);

/* SPI and sequence number of what may be a packet; false if it is too short. */
bool esp_peek(ike2_bytes packet, uint32_t *spi, uint32_t *sequence);
/* Checks the ICV and decrypts in place; `*plain` views the packet. `sequence` is the full number.
 * IKE2_ERR_MALFORMED: lengths do not fit. IKE2_ERR_AUTH: wrong ICV. */
IKE2_MUST_CHECK ike2_err esp_open(const struct esp *e, uint64_t sequence, uint8_t *packet,
                                  size_t len, ike2_bytes *plain);
/* Takes the trailer off; false if the padding is not as RFC 4303 2.4 has it. */
bool esp_unpad(ike2_bytes plain, struct esp_payload *out);

#endif
