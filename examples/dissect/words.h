/* words.h - IANA's names for values inside payloads; NULL if there is none. Those of exchanges,
 * payloads, notifies and transforms are the library's: ike2/message.h. */
#ifndef DISSECT_WORDS_H
#define DISSECT_WORDS_H

#include <stdint.h>

const char *protocol_word(uint16_t protocol);
const char *id_word(uint16_t type);
const char *cert_word(uint16_t encoding);
const char *auth_word(uint16_t method);
const char *hash_word(uint16_t hash);
const char *ipcomp_word(uint16_t transform);
const char *selector_word(uint16_t type);
const char *cp_word(uint16_t type);
const char *attribute_word(uint16_t type);
const char *eap_word(uint16_t code);
const char *eap_type_word(uint16_t type);

#endif
