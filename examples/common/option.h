/* option.h - all options of a configuration file, in one table: what the parser knows, what `check`
 * says, and what the documentation lists come from it. */
#ifndef COMMON_OPTION_H
#define COMMON_OPTION_H

#include <stdbool.h>
#include <stddef.h>

enum option_section {
    SECTION_TOP,
    SECTION_LIMITS,
    SECTION_TUN,
    SECTION_POOL,
    SECTION_CONNECTION,
    SECTION_LOCAL,
    SECTION_REMOTE,
    SECTION_CHILD,
    SECTIONS
};

enum option_id {
    /* top */
    OPTION_LISTEN,
    OPTION_PORT,
    OPTION_NATT_PORT,
    OPTION_CONTROL,
    OPTION_DATAPLANE,
    OPTION_COOKIE,
    OPTION_ANSWER_UNKNOWN,
    OPTION_LOG_LEVEL,
    OPTION_LOG_FORMAT,
    OPTION_KEYLOG,
    /* limits */
    OPTION_SAS,
    OPTION_HALF_OPEN,
    OPTION_HALF_OPEN_COOKIE,
    OPTION_HALF_OPEN_PER_ADDRESS,
    OPTION_HALF_OPEN_TIME,
    /* tun */
    OPTION_INTERFACE,
    OPTION_MTU,
    OPTION_ROUTES,
    OPTION_ROUTE_TABLE,
    /* pool */
    OPTION_RANGE,
    OPTION_RESERVE,
    /* connection */
    OPTION_POLICY,
    OPTION_PROPOSALS,
    OPTION_ESP_PROPOSALS,
    OPTION_REKEY_TIME,
    OPTION_REAUTH_TIME,
    OPTION_UNIQUE,
    OPTION_CHILDLESS,
    OPTION_WINDOW,
    OPTION_DPD,
    OPTION_KEEPALIVE,
    OPTION_FRAGMENTATION,
    OPTION_FULL_TRANSCRIPT,
    OPTION_FRAGMENT_SIZE,
    OPTION_FORCE_ENCAP,
    OPTION_SHA1_SIGNATURES,
    OPTION_POOLS,
    OPTION_DNS,
    OPTION_NBNS,
    OPTION_SUBNETS,
    OPTION_DOMAINS,
    OPTION_NETMASK,
    /* local */
    OPTION_LOCAL_ID,
    OPTION_LOCAL_CERT,
    OPTION_LOCAL_CERT_URL,
    OPTION_LOCAL_KEY,
    OPTION_LOCAL_KEY_PASSWORD_FILE,
    OPTION_LOCAL_PSK_FILE,
    OPTION_LOCAL_SCHEMES,
    OPTION_LOCAL_METHOD,
    /* remote */
    OPTION_REMOTE_ID,
    OPTION_REMOTE_METHOD,
    OPTION_REMOTE_CA,
    OPTION_REMOTE_CA_HASH,
    OPTION_REMOTE_PIN,
    OPTION_REMOTE_PURPOSE,
    OPTION_REMOTE_CRL,
    OPTION_REMOTE_CRL_FILE,
    OPTION_REMOTE_CRL_FETCH,
    OPTION_REMOTE_CRL_CACHE,
    OPTION_REMOTE_CRL_NETWORKS,
    OPTION_REMOTE_HASH_AND_URL,
    OPTION_REMOTE_WILDCARDS,
    OPTION_REMOTE_COMMON_NAME,
    OPTION_REMOTE_PUBLIC_KEY,
    OPTION_REMOTE_PSK_FILE,
    OPTION_REMOTE_PSK_TABLE,
    OPTION_REMOTE_ADDRESS,
    OPTION_REMOTE_SCHEMES,
    OPTION_REMOTE_SYSTEM,
    /* child */
    OPTION_LOCAL_TS,
    OPTION_REMOTE_TS,
    OPTION_CHILD_ESP_PROPOSALS,
    OPTION_CHILD_MODE,
    OPTION_CHILD_REKEY_TIME,
    OPTION_CHILD_EXPIRE_TIME,
    OPTION_CHILD_REKEY_OCTETS,
    OPTIONS
};

struct option_row {
    enum option_id id;
    enum option_section section;
    const char *name;
    bool list;
    const char *form;     /* what a value looks like, for the documentation */
    const char *fallback; /* what holds without it, for the documentation; NULL = it is required */
    const char *help;     /* one or two sentences */
};

/* By id; and "connection", "" for the top. */
extern const struct option_row option_rows[OPTIONS];
extern const char *const option_sections[SECTIONS];
/* No section has more names in it than this. */
enum { OPTION_NAMES_MAX = (int)OPTIONS + (int)SECTIONS };

/* The row of that name, or NULL. */
const struct option_row *option_find(enum option_section section, const char *name);
/* The section that is opened in `outer` by this word; SECTION_TOP if there is none. */
enum option_section option_section_in(enum option_section outer, const char *name);
/* Has the section a name of its own, and may there be several? */
bool option_section_is_titled(enum option_section section);
/* The option or section of `section` that was probably meant, or NULL. */
const char *option_nearest(enum option_section section, const char *word);
/* Is it something that other versions may have? */
bool option_is_foreign(const char *word);

/* The reference of doc/configuration.md, as Markdown, on stdout. */
void option_print_reference(void);

#endif
