/* names.h - what the library calls by number, as text for people and scripts. What a peer sent
 * comes out as printable ASCII, whatever it was. */
#ifndef COMMON_NAMES_H
#define COMMON_NAMES_H

#include <ike2/info.h>

enum {
    NAME_TEXT = 64,
    SUITE_TEXT = 400,
    ID_TEXT = 600,
    TS_TEXT = 1024,
    SPI_TEXT = 20,
    SAFE_TEXT = 640
};

/* IANA's name, its blanks made '_'; or the number. */
void name_text(const char *name, unsigned number, char text[NAME_TEXT]);
/* "none" for 0. */
void notify_text(uint16_t notify, char text[NAME_TEXT]);
/* "none" for NULL or type 0. */
void id_text(const ike2_id *id, char text[ID_TEXT]);
/* "ENCR_AES_GCM_16-256/PRF_HMAC_SHA2_384/...": encryption, integrity, PRF, key exchange. */
void suite_text(const ike2_suite *suite, char text[SUITE_TEXT]);
/* "none", "local", "remote" or "both". */
const char *nat_word(const ike2_sa_info *info);
/* Copies `text` and writes what is not printable ASCII, and '\\', as \xNN; cut to fit. Returns
 * `out`. */
const char *safe_text(const char *text, char out[SAFE_TEXT]);

#endif
