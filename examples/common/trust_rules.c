#include "trust_rules.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include <ike2/x509.h>

#include "hex.h"
#include "problem.h"
#include "value.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static bool read_hash(const char *text, uint8_t out[32])
{
    for (size_t i = 0; i < 32; i++) {
        int octet = hex_octet(text);

        if (octet < 0)
            return false;
        out[i] = (uint8_t)octet;
        text += 2;
        if (*text == ':' && i < 31)
            text++;
    }
    return *text == '\0';
}

const char *trust_rules_pin(const char *text, struct trust_pins *out)
{
    static const char prefix[] = "sha256:";
    size_t skip = strncasecmp(text, prefix, sizeof prefix - 1) == 0 ? sizeof prefix - 1 : 0;

    if (out->n == TRUST_PINS_MAX)
        return "is one hash too many: 64 will do";
    if (!read_hash(text + skip, out->list[out->n]))
        return "is no SHA-256 of a key or certificate: 64 hexadecimal digits, as of openssl x509 "
               "-noout -fingerprint -sha256";
    out->n++;
    return NULL;
}

const char *trust_rules_purpose(const char *text, struct trust_rules *out)
{
    static const char *const words[] = { "serverAuth", "clientAuth",           "ipsecIKE",
                                         "ikeIntermediate", "anyExtendedKeyUsage", "absent" };
    static const uint32_t values[] = { IKE2_X509_FOR_SERVER_AUTH, IKE2_X509_FOR_CLIENT_AUTH,
                                       IKE2_X509_FOR_IPSEC_IKE,   IKE2_X509_FOR_IKE_INTERMEDIATE,
                                       IKE2_X509_FOR_ANY,         IKE2_X509_FOR_ABSENT };
    size_t index = 0;
    const char *wrong = value_word(text, words, COUNT(words), &index);

    if (wrong == NULL)
        out->purposes |= values[index];
    return wrong;
}

const char *trust_rules_revocation(const char *text, struct trust_rules *out)
{
    static const char *const words[] = { "off", "soft", "hard" };
    static const uint32_t values[] = { IKE2_X509_REVOCATION_OFF, IKE2_X509_REVOCATION_SOFT,
                                       IKE2_X509_REVOCATION_HARD };
    size_t index = 0;
    const char *wrong = value_word(text, words, COUNT(words), &index);

    if (wrong == NULL)
        out->revocation = values[index];
    return wrong;
}

const char *trust_rules_crl_file(const char *path, struct trust_rules *out)
{
    if (out->n_crl_files == TRUST_CRL_FILES_MAX)
        return "is one file too many: put the CRLs into one";
    out->crl_files[out->n_crl_files++] = path;
    return NULL;
}

const char *trust_rules_cache(const char *path, struct trust_rules *out)
{
    static char said[PROBLEM_TEXT];
    struct stat st;

    out->fetching.cache = path;
    if (stat(path, &st) == 0 && !S_ISDIR(st.st_mode))
        errno = ENOTDIR;
    else if (access(path, R_OK | W_OK | X_OK) == 0)
        return NULL;
    (void)snprintf(said, sizeof said,
                   "is no directory that we can write into (%s): %s; make one that belongs to "
                   "who runs this program", path, strerror(errno));
    return said;
}

const char *trust_rules_conflict(const struct trust_rules *r)
{
    if (r->fetching.is_on && r->revocation == IKE2_X509_REVOCATION_OFF)
        return "crl-fetch is of no use with crl = off: leave one of them out";
    if (!r->fetching.is_on && r->fetching.cache != NULL)
        return "crl-cache is of no use without crl-fetch = yes";
    if (!r->fetching.is_on && !r->fetching.certificates && r->fetching.networks.n > 0)
        return "crl-networks are of no use without crl-fetch = yes or hash-and-url = yes";
    return NULL;
}

const char *trust_rules_flag(const char *text, uint32_t flag, struct trust_rules *out)
{
    bool yes = false;
    const char *wrong = value_switch(text, &yes);

    if (wrong == NULL)
        out->flags = yes ? out->flags | flag : out->flags & ~flag;
    return wrong;
}
