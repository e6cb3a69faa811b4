/* words.h - the words of the command line, which are those of the file: "--remote-ts 10.1.0.0/16"
 * there is `remote-ts = {"10.1.0.0/16"}` here. */
#ifndef CLIENT_WORDS_H
#define CLIENT_WORDS_H

#include <stddef.h>

enum word_kind {
    WORD_ONE,  /* takes a value */
    WORD_MANY, /* may be given several times: a list in the file */
    WORD_FLAG, /* takes none: yes or no in the file */
    WORD_LINE  /* a flag of the command line only */
};

enum word_id {
    WORD_PSK_FILE,
    WORD_CERT,
    WORD_CERT_URL,
    WORD_KEY,
    WORD_KEY_PASSWORD_FILE,
    WORD_CA,
    WORD_CA_HASH,
    WORD_PIN,
    WORD_EXTENDED_KEY_USAGE,
    WORD_CRL,
    WORD_CRL_FILE,
    WORD_CRL_FETCH,
    WORD_CRL_CACHE,
    WORD_CRL_NETWORK,
    WORD_HASH_AND_URL,
    WORD_WILDCARDS,
    WORD_COMMON_NAME,
    WORD_REMOTE_PUBLIC_KEY,
    WORD_ID,
    WORD_REMOTE_ID,
    WORD_POLICY,
    WORD_PROPOSAL,
    WORD_ESP_PROPOSAL,
    WORD_SIGNATURE_SCHEME,
    WORD_ADDRESS,
    WORD_VIRTUAL_IP,
    WORD_REQUEST,
    WORD_LOCAL_TS,
    WORD_REMOTE_TS,
    WORD_CHILD,
    WORD_CHILDLESS,
    WORD_MODE,
    WORD_IKE_REKEY_TIME,
    WORD_REAUTH_TIME,
    WORD_REKEY_TIME,
    WORD_REKEY_OCTETS,
    WORD_DPD,
    WORD_DATAPLANE,
    WORD_ON_DEMAND,
    WORD_SCRIPT,
    WORD_ALWAYS_ON,
    WORD_RETRY_MAX,
    WORD_CONTROL,
    WORD_PORT,
    WORD_NATT_PORT,
    WORD_FRAGMENT_SIZE,
    WORD_FORCE_ENCAP,
    WORD_RAW_KEY,
    WORD_ANONYMOUS,
    WORD_HOLD,
    WORD_ONCE,
    WORD_TIMEOUT,
    WORD_KEYLOG,
    WORD_JOURNAL,
    WORD_TRACE,
    WORD_JSON,
    WORD_HOST, /* the argument that is no option; `host` in the file */
    WORD_CONFIG,
    WORD_HELP,
    WORDS
};

struct word {
    enum word_id id;
    const char *name;
    enum word_kind kind;
    const char *value; /* what to call it in the help; NULL: takes none */
    const char *help;
};

extern const struct word words[WORDS];

#endif
