#include "value.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <ike2/crypto.h>
#include <ike2/iana.h>

#include "algorithm.h"
#include "nearest.h"
#include "selector.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

/* Where a text is made that names a word: the results of this file. */
static _Thread_local char said[256];

static const char *say_nearest(const char *what, const char *word, const char *nearest)
{
    if (nearest != NULL)
        (void)snprintf(said, sizeof said, "%s '%.60s'; did you mean '%s'?", what, word, nearest);
    else
        (void)snprintf(said, sizeof said, "%s '%.60s'", what, word);
    return said;
}

/* --- Numbers ----------------------------------------------------------------------------- */

static const char *say_range(const char *what, uint32_t least, uint32_t most)
{
    (void)snprintf(said, sizeof said, "is %s: write %lu to %lu", what, (unsigned long)least,
                   (unsigned long)most);
    return said;
}

/* The digits in front; `*end` is what follows them. False if there are none, or too many. */
static bool read_digits(const char *text, unsigned long *out, char **end)
{
    if (*text < '0' || *text > '9' || strspn(text, "0123456789") > 10)
        return false;
    *out = strtoul(text, end, 10);
    return true;
}

const char *value_number(const char *text, uint32_t least, uint32_t most, uint32_t *out)
{
    char *end = NULL;
    unsigned long n = 0;

    if (!read_digits(text, &n, &end) || *end != '\0')
        return say_range("no number", least, most);
    if (n < least || n > most)
        return say_range(n < least ? "too small" : "too large", least, most);
    *out = (uint32_t)n;
    return NULL;
}

const char *value_u16(const char *text, uint32_t least, uint16_t *out)
{
    uint32_t n = 0;
    const char *wrong = value_number(text, least, UINT16_MAX, &n);

    if (wrong == NULL)
        *out = (uint16_t)n;
    return wrong;
}

static uint32_t seconds_of(const char *unit)
{
    switch (*unit) {
    case '\0':
    case 's': return 1;
    case 'm': return 60;
    case 'h': return 3600;
    case 'd': return 86400;
    default: return 0;
    }
}

const char *value_seconds(const char *text, uint32_t least, uint32_t *out)
{
    const char *remedy = "is no time: write 30s, 5m, 2h, 1d or never";
    unsigned long n = 0;
    uint32_t unit;
    char *end = NULL;

    if (strcmp(text, "never") == 0) {
        *out = UINT32_MAX;
        return NULL;
    }
    if (!read_digits(text, &n, &end))
        return remedy;
    unit = seconds_of(end);
    if (unit == 0 || (*end != '\0' && end[1] != '\0'))
        return remedy;
    if (n * unit < least)
        return "is too short";
    if (n > 31536000u / unit)
        return "is too long: a year at most, or never";
    *out = (uint32_t)n * unit;
    return NULL;
}

/* --- Words ------------------------------------------------------------------------------- */

const char *value_word(const char *text, const char *const *words, size_t n, size_t *out)
{
    size_t i, len;

    for (i = 0; i < n; i++) {
        if (strcmp(text, words[i]) == 0) {
            *out = i;
            return NULL;
        }
    }
    len = (size_t)snprintf(said, sizeof said, "is none of");
    for (i = 0; i < n && len < sizeof said; i++)
        len +=
            (size_t)snprintf(said + len, sizeof said - len, "%s %s", i == 0 ? "" : ",", words[i]);
    if (len < sizeof said && nearest_word(text, words, n) != NULL)
        (void)snprintf(said + len, sizeof said - len, "; did you mean '%s'?",
                       nearest_word(text, words, n));
    return said;
}

const char *value_mode(const char *text, ike2_want *out)
{
    static const char *const words[] = { "tunnel", "transport", "either" };
    static const ike2_want wants[] = { IKE2_WANT_OFF, IKE2_WANT_REQUIRE, IKE2_WANT_PREFER };
    size_t index = 0;
    const char *wrong = value_word(text, words, COUNT(words), &index);

    if (wrong == NULL)
        *out = wants[index];
    return wrong;
}

/* By how many bits; -1 if it is none: "k", "K", "kb" and "KiB" are the same. */
static int shift_of(const char *unit)
{
    static const char units[] = "kmgt";
    const char *found = *unit != '\0' ? strchr(units, *unit | 0x20) : NULL;

    if (*unit == '\0' || strcasecmp(unit, "b") == 0)
        return 0;
    if (found == NULL ||
        (unit[1] != '\0' && strcasecmp(unit + 1, "b") != 0 && strcasecmp(unit + 1, "ib") != 0))
        return -1;
    return 10 * (int)(found - units + 1);
}

const char *value_octets(const char *text, uint64_t least, uint64_t *out)
{
    unsigned long n = 0;
    char *end = NULL;
    int shift;

    if (!read_digits(text, &n, &end) || (shift = shift_of(end)) < 0)
        return "is no number of octets: write 50000, 64k, 20m, 1g or 1024000KB";
    if (n > UINT64_MAX >> 16 >> shift)
        return "is too large";
    if ((uint64_t)n << shift < least)
        return "is too small";
    *out = (uint64_t)n << shift;
    return NULL;
}

const char *value_switch(const char *text, bool *out)
{
    static const char *const words[] = { "no", "yes" };
    size_t index = 0;
    const char *wrong = value_word(text, words, COUNT(words), &index);

    if (wrong == NULL)
        *out = index == 1;
    return wrong;
}

/* --- Addresses, identities, selectors ---------------------------------------------------- */

const char *value_address(const char *text, ike2_addr *out)
{
    ike2_addr addr = { 0 };
    char bare[INET6_ADDRSTRLEN];
    size_t len = strlen(text);
    bool bracketed = len > 2 && text[0] == '[' && text[len - 1] == ']';

    if (bracketed) {
        text++;
        len -= 2;
    }
    if (len >= sizeof bare)
        return "is no address: write 192.0.2.1 or 2001:db8::1";
    memcpy(bare, text, len);
    bare[len] = '\0';
    if (!bracketed && inet_pton(AF_INET, bare, addr.ip) == 1)
        addr.family = 4;
    else if (inet_pton(AF_INET6, bare, addr.ip) == 1)
        addr.family = 6;
    else
        return "is no address: write 192.0.2.1 or 2001:db8::1";
    *out = addr;
    return NULL;
}

const char *value_identity(const char *text, struct identity *out)
{
    ike2_buffer room = { .ptr = out->room, .cap = sizeof out->room };

    if (ike2_id_parse(text, &room, &out->id) != IKE2_OK)
        return "is no identity: write a name, user@name, an address or keyid:...";
    return NULL;
}

const char *value_selector(const char *text, struct selectors *out)
{
    if (out->n == SELECTORS_MAX)
        return "is one selector too many: 16 will do";
    if (!selector_parse(text, &out->list[out->n]))
        return "is no network: write 10.1.0.0/24 or 2001:db8::/32";
    out->n++;
    return NULL;
}

/* Neither the network's own address nor that for all of its hosts; for IPv6, not that of its
 * routers (RFC 4291 2.6.1). Networks of one or two addresses have none of these. */
static void trim(ike2_ts *ts)
{
    size_t octets = ts->type == IKE2_TS_IPV4_ADDR_RANGE ? 4 : 16;
    uint8_t *first = &ts->first[octets - 1], *last = &ts->last[octets - 1];

    if (memcmp(ts->first, ts->last, octets - 1) == 0 && *last - *first < 3)
        return;
    ++*first; /* the bits of hosts are zeros here, and ones there */
    if (octets == 4)
        --*last;
}

/* "10.9.0.10-10.9.0.99" */
static bool range_between(const char *text, const char *dash, ike2_ts *out)
{
    char first[INET6_ADDRSTRLEN];
    ike2_ts end;

    if ((size_t)(dash - text) >= sizeof first || strchr(text, '/') != NULL)
        return false;
    memcpy(first, text, (size_t)(dash - text));
    first[dash - text] = '\0';
    if (!selector_parse(first, out) || !selector_parse(dash + 1, &end) || out->type != end.type)
        return false;
    memcpy(out->last, end.last, sizeof out->last);
    return memcmp(out->first, out->last, sizeof out->first) <= 0;
}

const char *value_range(const char *text, struct selectors *out)
{
    const char *dash = strchr(text, '-');
    ike2_ts *ts = &out->list[out->n];
    bool ok;

    if (out->n == SELECTORS_MAX)
        return "is one range too many: 16 will do";
    ok = dash != NULL ? range_between(text, dash, ts) : selector_parse(text, ts);
    if (!ok)
        return "is no range of addresses: write 10.9.0.0/24, 10.9.0.10-10.9.0.99 or "
               "2001:db8:9::/64";
    if (dash == NULL)
        trim(ts);
    out->n++;
    return NULL;
}

void value_default_selectors(struct selectors *s)
{
    if (s->n == 0) {
        (void)value_selector("0.0.0.0/0", s);
        (void)value_selector("::/0", s);
    }
}

/* --- Proposals --------------------------------------------------------------------------- */

/* Finds the first word that no algorithm has. */
static const char *say_unknown_algorithm(const char *text)
{
    ike2_transform room[TRANSFORMS_MAX];
    ike2_proposal ignored;
    char word[64];

    while (*text != '\0') {
        size_t len = strcspn(text, "-");

        if (len >= sizeof word)
            break;
        memcpy(word, text, len);
        word[len] = '\0';
        if (ike2_proposal_parse(word, IKE2_PROTOCOL_IKE, room, TRANSFORMS_MAX, &ignored) ==
            IKE2_ERR_UNSUPPORTED)
            return say_nearest("names no algorithm the library knows:", word,
                               algorithm_nearest(word));
        text += len + (text[len] == '-');
    }
    return "names an algorithm the library does not know";
}

const char *value_proposal(const char *text, uint8_t protocol, struct proposals *out)
{
    ike2_err err;

    if (out->n == PROPOSALS_MAX)
        return "is one proposal too many: 8 will do";
    err =
        ike2_proposal_parse(text, protocol, out->room[out->n], TRANSFORMS_MAX, &out->list[out->n]);
    if (err == IKE2_ERR_UNSUPPORTED)
        return say_unknown_algorithm(text);
    if (err == IKE2_ERR_SPACE)
        return "names too many algorithms: 32 will do";
    if (err != IKE2_OK) {
        algorithm_explain(text, protocol, said);
        return said;
    }
    if (!algorithm_all_provided(&out->list[out->n], said))
        return said;
    out->n++;
    return NULL;
}

/* --- Signature schemes ------------------------------------------------------------------- */

static const struct scheme_row {
    const char *word;
    uint16_t scheme;
} scheme_rows[] = {
    { "rsa-pss-sha256", IKE2_SIG_RSA_PSS_SHA256 },
    { "rsa-pss-sha384", IKE2_SIG_RSA_PSS_SHA384 },
    { "rsa-pss-sha512", IKE2_SIG_RSA_PSS_SHA512 },
    { "rsa-sha256", IKE2_SIG_RSA_PKCS1_SHA256 },
    { "rsa-sha384", IKE2_SIG_RSA_PKCS1_SHA384 },
    { "rsa-sha512", IKE2_SIG_RSA_PKCS1_SHA512 },
    { "ecdsa-sha256", IKE2_SIG_ECDSA_SHA256_DER },
    { "ecdsa-sha384", IKE2_SIG_ECDSA_SHA384_DER },
    { "ecdsa-sha512", IKE2_SIG_ECDSA_SHA512_DER },
    { "ecdsa-p256", IKE2_SIG_ECDSA_P256_SHA256_RAW },
    { "ecdsa-p384", IKE2_SIG_ECDSA_P384_SHA384_RAW },
    { "ecdsa-p521", IKE2_SIG_ECDSA_P521_SHA512_RAW },
    { "rsa-sha1", IKE2_SIG_RSA_PKCS1_SHA1 },
};

const char *value_scheme(const char *text, struct schemes *out)
{
    const char *words[COUNT(scheme_rows)];
    const char *wrong;
    size_t i, index = 0;

    for (i = 0; i < COUNT(words); i++)
        words[i] = scheme_rows[i].word;
    if (out->n == SCHEMES_MAX)
        return "is one scheme too many";
    wrong = value_word(text, words, COUNT(words), &index);
    if (wrong == NULL)
        out->list[out->n++] = scheme_rows[index].scheme;
    return wrong;
}

void value_all_schemes(struct schemes *out)
{
    for (out->n = 0; out->n < COUNT(scheme_rows); out->n++)
        out->list[out->n] = scheme_rows[out->n].scheme;
}

const char *value_scheme_word(uint16_t scheme)
{
    size_t i;

    for (i = 0; i < COUNT(scheme_rows); i++) {
        if (scheme_rows[i].scheme == scheme)
            return scheme_rows[i].word;
    }
    return NULL;
}
