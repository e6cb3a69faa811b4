/* payloads.h - the payloads of the golden messages, one function for each shape. */
#ifndef GOLDEN_PAYLOADS_H
#define GOLDEN_PAYLOADS_H

#include <ike2/message.h>

/* `len` octets, at most 64, that count up from `from`; valid until the next call. */
ike2_bytes pattern(uint8_t from, size_t len);

/* At most 64 octets from lower case hexadecimal; valid until the next call. */
ike2_bytes octets(const char *hex);

void notify_add(ike2_writer *w, uint16_t type, size_t data_len);
void nonce_add(ike2_writer *w, size_t len);
/* Two proposals for an IKE SA: with an AEAD, and with an integrity algorithm. */
void ike_sa_add(ike2_writer *w);
/* One proposal for ESP, with its SPI. */
void esp_sa_add(ike2_writer *w);
void ke_add(ike2_writer *w);
void id_add(ike2_writer *w, uint8_t type, const char *fqdn);
void auth_add(ike2_writer *w);
void ts_v4_add(ike2_writer *w, uint8_t type);
void ts_v6_add(ike2_writer *w, uint8_t type);
void cfg_request_add(ike2_writer *w);
void certreq_add(ike2_writer *w);
void delete_esp_add(ike2_writer *w, uint16_t count);
/* An EAP-Request of type Identity. */
void eap_add(ike2_writer *w);

#endif
