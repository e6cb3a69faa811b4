/* key_log.h - keys as Wireshark's ikev2_decryption_table has them, and the key log of libike2. One
 * line for each IKE SA, eight columns: SPIi,SPIr,SK_ei,SK_er,"ENCR",SK_ai,SK_ar,"INTEG". */
#ifndef DISSECT_KEY_LOG_H
#define DISSECT_KEY_LOG_H

#include "keys.h"

/* Adds all SAs of the file. False, with the reasons on stderr, if it has an error. */
bool key_log_load(struct keys *keys, const char *path);

#endif
