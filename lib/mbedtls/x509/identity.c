/* mbedtls/x509/identity.c - is the peer's identity in its certificate? RFC 4945 3.1, 5.1.2,
 * 5.1.3.6.
 *
 * Names of hosts, addresses and mailboxes are those of the subjectAltName alone: a CN is no host
 * name, RFC 4945 3.1.2. Nothing is a pattern: what the peer claims, the certificate must say. */
#include "mbedtls/x509/identity.h"

#include <ike2/iana.h>
#include <mbedtls/oid.h>

#include "mbedtls/x509/der.h"
#include "mbedtls/x509/name.h"
#include "mbedtls/x509/refusal.h"

/* GeneralName, RFC 5280 4.2.1.6. */
enum {
    TAG_RFC822_NAME = MBEDTLS_ASN1_CONTEXT_SPECIFIC | 1,
    TAG_DNS_NAME = MBEDTLS_ASN1_CONTEXT_SPECIFIC | 2,
    TAG_IP_ADDRESS = MBEDTLS_ASN1_CONTEXT_SPECIFIC | 7
};

static const ike2_bytes subject_alt_name = {
    .ptr = (const uint8_t *)MBEDTLS_OID_SUBJECT_ALT_NAME,
    .len = sizeof MBEDTLS_OID_SUBJECT_ALT_NAME - 1,
};

typedef bool name_equal(ike2_bytes a, ike2_bytes b);

/* Is there a name of this kind equal to `name`? */
static bool has_name(const struct certificate *c, int tag, ike2_bytes name, name_equal *equal)
{
    struct reader r, names;
    ike2_bytes value;

    if (!ike2_mbed_certificate_extension(c, subject_alt_name, &value))
        return false;
    r = reader_of(value);
    names = reader_of(der_read(&r, DER_SEQUENCE));
    while (names.left != 0) {
        int found;
        ike2_bytes entry = der_read_any(&names, &found);

        if (!names.failed && found == tag && equal(entry, name))
            return true;
    }
    return false;
}

static bool is_alphanumeric(uint8_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* Letters, digits, hyphens, underscores, in labels: so neither a pattern nor a NUL. */
static bool is_host_name(ike2_bytes name)
{
    bool in_label = false;

    for (size_t i = 0; i < name.len; i++) {
        uint8_t c = name.ptr[i];

        if (c == '.' && !in_label)
            return false;
        if (c != '.' && c != '-' && c != '_' && !is_alphanumeric(c))
            return false;
        in_label = c != '.';
    }
    return in_label;
}

/* Where the domain begins, behind the @; or the length if there is none. */
static size_t domain_of(ike2_bytes mailbox)
{
    for (size_t i = mailbox.len; i > 0; i--) {
        if (mailbox.ptr[i - 1] == '@')
            return i;
    }
    return mailbox.len;
}

static bool is_mailbox(ike2_bytes name)
{
    size_t at = domain_of(name);

    for (size_t i = 0; i < name.len; i++) {
        if (name.ptr[i] <= ' ' || name.ptr[i] >= 0x7f)
            return false;
    }
    return at > 1 && is_host_name(bytes_of(name.ptr + at, name.len - at));
}

/* RFC 5280 7.5: the case of the domain does not matter, that of the mailbox does. */
static bool mailbox_equal(ike2_bytes a, ike2_bytes b)
{
    size_t at = domain_of(b);

    return a.len == b.len && memcmp(a.ptr, b.ptr, at) == 0 &&
           ike2_mbed_equal_but_case(bytes_of(a.ptr + at, a.len - at),
                                    bytes_of(b.ptr + at, b.len - at));
}

static bool has_subject(const struct certificate *c, ike2_bytes name)
{
    return ike2_mbed_name_is_sound(name) &&
           ike2_mbed_name_equal(der_view(&c->crt.subject_raw), name);
}

static bool is_in(const struct certificate *c, const ike2_id *id)
{
    switch (id->type) {
    case IKE2_ID_FQDN:
        return is_host_name(id->data) &&
               has_name(c, TAG_DNS_NAME, id->data, ike2_mbed_equal_but_case);
    case IKE2_ID_RFC822_ADDR:
        return is_mailbox(id->data) && has_name(c, TAG_RFC822_NAME, id->data, mailbox_equal);
    case IKE2_ID_IPV4_ADDR:
        return id->data.len == 4 && has_name(c, TAG_IP_ADDRESS, id->data, bytes_equal);
    case IKE2_ID_IPV6_ADDR:
        return id->data.len == 16 && has_name(c, TAG_IP_ADDRESS, id->data, bytes_equal);
    case IKE2_ID_DER_ASN1_DN:
        return has_subject(c, id->data);
    default: /* nothing in a certificate says what the others mean */
        return false;
    }
}

bool ike2_mbed_identity_is_proven(const struct certificate *c, const ike2_id *id,
                                  ike2_verdict *refusal)
{
    if (is_in(c, id))
        return true;
    *refusal = ike2_mbed_refusal(IKE2_X509_IDENTITY, "identity: type ");
    ike2_mbed_say_uint(refusal, id->type);
    ike2_mbed_say(refusal, " ");
    ike2_mbed_say_octets(refusal, id->data);
    ike2_mbed_say(refusal, " is not in ");
    ike2_mbed_say_name(refusal, &c->crt.subject);
    return false;
}
