/* x509/identity.c - is the peer's identity in its certificate? RFC 4945 3.1, 5.1.2, 5.1.3.6.
 *
 * Names of hosts, addresses and mailboxes are those of the subjectAltName alone: a CN is no host
 * name, RFC 4945 3.1.2, and nothing is a pattern, unless the policy has it so. What the peer
 * claims, the certificate must say. */
#include "x509/identity.h"

#include <ike2/iana.h>

#include "base/bytes.h"
#include "x509/name.h"

static bool has_form(const struct certificate *c, uint8_t tag)
{
    struct reader names = reader_of(c->ext.alt_names);

    while (names.left != 0) {
        if (ike2_x509_general_name(&names, false).tag == tag)
            return true;
    }
    return false;
}

ike2_bytes ike2_x509_host_of_subject(const struct certificate *c)
{
    struct attributes a = ike2_x509_attributes(c->subject);
    struct attribute one;
    ike2_bytes cn = { 0 }, host;

    while (ike2_x509_attribute_next(&a, &one)) {
        if (ike2_x509_oid(one.type) == OID_COMMON_NAME)
            cn = one.value;
    }
    host = cn;
    if (cn.len > 2 && cn.ptr[0] == '*' && cn.ptr[1] == '.')
        host = bytes_of(cn.ptr + 2, cn.len - 2);
    return ike2_x509_is_host_name(host) && !has_form(c, NAME_DNS) ? cn : (ike2_bytes){ 0 };
}

typedef bool name_equal(ike2_bytes a, ike2_bytes b);

/* Is there a name of this form equal to `name`? */
static bool has_name(const struct certificate *c, uint8_t tag, ike2_bytes name, name_equal *equal)
{
    struct reader names = reader_of(c->ext.alt_names);

    while (names.left != 0) {
        struct general_name one = ike2_x509_general_name(&names, false);

        if (one.tag == tag && equal(one.value, name))
            return true;
    }
    return false;
}

static size_t label_of(ike2_bytes name)
{
    const uint8_t *dot = name.len != 0 ? memchr(name.ptr, '.', name.len) : NULL;

    return dot != NULL ? (size_t)(dot - name.ptr) : name.len;
}

/* RFC 6125 6.4.3: the whole first label, and with two more behind it at least. */
static bool host_fits(ike2_bytes pattern, ike2_bytes name)
{
    size_t first = label_of(name);
    ike2_bytes rest = bytes_of(name.ptr + first, name.len - first);

    if (pattern.len < 2 || pattern.ptr[0] != '*')
        return ike2_x509_equal_but_case(pattern, name);
    return rest.len > 1 && memchr(rest.ptr + 1, '.', rest.len - 1) != NULL &&
           ike2_x509_equal_but_case(bytes_of(pattern.ptr + 1, pattern.len - 1), rest);
}

static bool is_mailbox(ike2_bytes name)
{
    size_t at = ike2_x509_domain_of(name);

    for (size_t i = 0; i < name.len; i++) {
        if (name.ptr[i] <= ' ' || name.ptr[i] >= 0x7f)
            return false;
    }
    return at > 1 && ike2_x509_is_host_name(bytes_of(name.ptr + at, name.len - at));
}

/* RFC 5280 7.5: the case of the domain does not matter, that of the mailbox does. */
static bool mailbox_equal(ike2_bytes a, ike2_bytes b)
{
    size_t at = ike2_x509_domain_of(b);

    return a.len == b.len && memcmp(a.ptr, b.ptr, at) == 0 &&
           ike2_x509_equal_but_case(bytes_of(a.ptr + at, a.len - at),
                                    bytes_of(b.ptr + at, b.len - at));
}

static bool has_host_name(const struct certificate *c, ike2_bytes name,
                          const struct identity_rules *rules)
{
    name_equal *equal = rules->wildcards ? host_fits : ike2_x509_equal_but_case;
    ike2_bytes cn = rules->common_names ? ike2_x509_host_of_subject(c) : (ike2_bytes){ 0 };

    return ike2_x509_is_host_name(name) &&
           (has_name(c, NAME_DNS, name, equal) || (cn.len != 0 && equal(cn, name)));
}

bool ike2_x509_has_identity(const struct certificate *c, const ike2_id *id,
                            const struct identity_rules *rules)
{
    switch (id->type) {
    case IKE2_ID_FQDN: return has_host_name(c, id->data, rules);
    case IKE2_ID_RFC822_ADDR:
        return is_mailbox(id->data) && has_name(c, NAME_RFC822, id->data, mailbox_equal);
    case IKE2_ID_IPV4_ADDR: return id->data.len == 4 && has_name(c, NAME_IP, id->data, bytes_equal);
    case IKE2_ID_IPV6_ADDR:
        return id->data.len == 16 && has_name(c, NAME_IP, id->data, bytes_equal);
    case IKE2_ID_DER_ASN1_DN:
        return ike2_x509_name_is_sound(id->data) && ike2_x509_name_equal(c->subject, id->data);
    default: /* nothing in a certificate says what the others mean */ return false;
    }
}

bool ike2_x509_identity_is_proven(const struct certificate *c, const ike2_id *id,
                                  const struct identity_rules *rules, struct refusal *refusal)
{
    if (ike2_x509_has_identity(c, id, rules))
        return true;
    (void)ike2_x509_refuse(refusal, IKE2_X509_IDENTITY, "identity: ", c, 0);
    refusal->claimed = id;
    return false;
}
