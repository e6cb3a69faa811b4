/* x509/constraints.c - name constraints. RFC 5280 4.2.1.10, 6.1.3 (b), (c).
 *
 * Every name of every certificate is compared with every subtree of every CA above it. What cannot
 * be decided, a form that is not known or a name that is none of its form, is refused where such a
 * form is constrained at all. */
#include "x509/constraints.h"

#include "base/bytes.h"
#include "x509/identity.h"
#include "x509/name.h"

/* Comparisons for one path: 256 names with 256 subtrees, or the like. */
enum { EFFORT_MAX = 1 << 16 };

enum match { MATCH_NO, MATCH_YES, MATCH_UNDECIDED };

struct check {
    ike2_bytes constraints; /* contents of the NameConstraints */
    size_t effort;
};

static ike2_bytes from(ike2_bytes b, size_t at)
{
    return bytes_of(b.ptr + at, b.len - at);
}

/* Does `name` end in `base`, both in whole labels? */
static bool is_in_domain(ike2_bytes name, ike2_bytes base)
{
    size_t at = name.len - base.len;

    return base.len == 0 ||
           (name.len >= base.len && ike2_x509_equal_but_case(from(name, at), base) &&
            (at == 0 || name.ptr[at - 1] == '.'));
}

/* "*.example.com" stands for what it could be: it is excluded if one of those is, and permitted if
 * all are. */
static enum match match_dns(ike2_bytes name, ike2_bytes base, bool is_excluded)
{
    bool is_pattern = name.len > 2 && name.ptr[0] == '*' && name.ptr[1] == '.';
    ike2_bytes known = is_pattern ? from(name, 2) : name;

    if (!ike2_x509_is_host_name(known) || (base.len != 0 && !ike2_x509_is_host_name(base)))
        return MATCH_UNDECIDED;
    if (is_in_domain(known, base))
        return MATCH_YES;
    return is_pattern && is_excluded && is_in_domain(base, known) ? MATCH_YES : MATCH_NO;
}

/* Hosts of mailboxes and URIs: ".example.com" means those below it, "example.com" that one. */
static enum match match_host(ike2_bytes host, ike2_bytes base)
{
    bool is_below = base.len != 0 && base.ptr[0] == '.';

    if (!ike2_x509_is_host_name(host) || !ike2_x509_is_host_name(is_below ? from(base, 1) : base))
        return MATCH_UNDECIDED;
    if (!is_below)
        return ike2_x509_equal_but_case(host, base) ? MATCH_YES : MATCH_NO;
    return host.len > base.len && ike2_x509_equal_but_case(from(host, host.len - base.len), base)
               ? MATCH_YES
               : MATCH_NO;
}

static enum match match_mailbox(ike2_bytes name, ike2_bytes base)
{
    size_t at = ike2_x509_domain_of(name), base_at = ike2_x509_domain_of(base);

    if (at < 2 || at == name.len)
        return MATCH_UNDECIDED;
    if (base_at == base.len)
        return match_host(from(name, at), base);
    /* A single mailbox: RFC 5280 7.5. */
    if (at != base_at || memcmp(name.ptr, base.ptr, at) != 0)
        return MATCH_NO;
    return match_host(from(name, at), from(base, base_at));
}

/* RFC 3986 3, 3.2: "//" behind the scheme, up to the next "/", "?" or "#", behind "@", before ":".
 */
static ike2_bytes host_of(ike2_bytes uri)
{
    size_t begin = 0, end;

    while (begin < uri.len && uri.ptr[begin] != ':')
        begin++;
    if (uri.len - begin < 3 || memcmp(uri.ptr + begin, "://", 3) != 0)
        return (ike2_bytes){ 0 };
    begin += 3;
    for (end = begin; end < uri.len && memchr("/?#", uri.ptr[end], 3) == NULL; end++) {
        if (uri.ptr[end] == '@')
            begin = end + 1;
    }
    for (size_t i = begin; i < end; i++) {
        if (uri.ptr[i] == ':')
            end = i;
    }
    return bytes_of(uri.ptr + begin, end - begin);
}

static bool is_numeric_host(ike2_bytes host)
{
    for (size_t i = 0; i < host.len; i++) {
        if (host.ptr[i] != '.' && (host.ptr[i] < '0' || host.ptr[i] > '9'))
            return false;
    }
    return true;
}

/* RFC 5280 4.2.1.10: a URI without a host name, or with an address, is refused. */
static enum match match_uri(ike2_bytes name, ike2_bytes base)
{
    ike2_bytes host = host_of(name);

    return is_numeric_host(host) ? MATCH_UNDECIDED : match_host(host, base);
}

static bool is_mask(ike2_bytes mask)
{
    bool ended = false;

    for (size_t i = 0; i < 8 * mask.len; i++) {
        bool is_set = (mask.ptr[i / 8] >> (7 - i % 8) & 1) != 0;

        if (is_set && ended)
            return false;
        ended = !is_set;
    }
    return true;
}

static enum match match_ip(ike2_bytes name, ike2_bytes base)
{
    size_t half = base.len / 2;

    if (!is_mask(from(base, half)))
        return MATCH_UNDECIDED;
    if (name.len != half)
        return MATCH_NO;
    for (size_t i = 0; i < half; i++) {
        if (((name.ptr[i] ^ base.ptr[i]) & base.ptr[half + i]) != 0)
            return MATCH_NO;
    }
    return MATCH_YES;
}

/* What is excluded must not come in another writing of the same name. */
static enum match match_directory(ike2_bytes name, ike2_bytes base, bool is_excluded)
{
    if (ike2_x509_name_is_below(name, base))
        return MATCH_YES;
    return is_excluded && !ike2_x509_name_is_plain(name) ? MATCH_UNDECIDED : MATCH_NO;
}

static enum match match_name(const struct general_name *name, ike2_bytes base, bool is_excluded)
{
    switch (name->tag) {
    case NAME_DNS: return match_dns(name->value, base, is_excluded);
    case NAME_RFC822: return match_mailbox(name->value, base);
    case NAME_URI: return match_uri(name->value, base);
    case NAME_IP: return match_ip(name->value, base);
    case NAME_DIRECTORY: return match_directory(name->value, base, is_excluded);
    default: return MATCH_UNDECIDED; /* a form of name that nobody here knows */
    }
}

struct tally {
    bool constrains, matches, undecided;
};

/* The subtrees of this kind, [0] permitted or [1] excluded, of the form of `name`. */
static struct tally compare(struct check *c, const struct general_name *name, bool is_excluded)
{
    struct reader kinds = reader_of(c->constraints);
    struct tally out = { 0 };

    while (kinds.left != 0) {
        struct der kind = ike2_der_next(&kinds);
        struct reader trees = reader_of(kind.value);

        while (trees.left != 0 && kind.tag == (DER_CONSTRUCTED | is_excluded)) {
            struct reader tree = ike2_der_enter(&trees, DER_SEQUENCE);
            struct general_name base = ike2_x509_general_name(&tree, true);
            enum match m;

            c->effort++;
            if (base.tag != name->tag || c->effort > EFFORT_MAX)
                continue;
            m = match_name(name, base.value, is_excluded);
            out.constrains = true;
            out.matches = out.matches || m == MATCH_YES;
            out.undecided = out.undecided || m == MATCH_UNDECIDED;
        }
    }
    return out;
}

static bool is_permitted(struct check *c, const struct general_name *name)
{
    struct tally permitted = compare(c, name, false), excluded = compare(c, name, true);

    return !permitted.undecided && !excluded.undecided && !excluded.matches &&
           (!permitted.constrains || permitted.matches);
}

/* RFC 5280 4.2.1.10: where there is no rfc822Name, mailboxes of the subject are constrained. */
static bool mailboxes_are_permitted(struct check *c, ike2_bytes subject)
{
    struct attributes a = ike2_x509_attributes(subject);
    struct attribute one;

    while (ike2_x509_attribute_next(&a, &one)) {
        struct general_name name = { .tag = NAME_RFC822, .value = one.value };

        if (ike2_x509_oid(one.type) == OID_EMAIL && !is_permitted(c, &name))
            return false;
    }
    return true;
}

/* What may prove an identity is constrained like one. */
static bool host_is_permitted(struct check *c, const struct certificate *end_entity)
{
    struct general_name host = { NAME_DNS, ike2_x509_host_of_subject(end_entity) };

    return host.value.len == 0 || is_permitted(c, &host);
}

static bool all_permitted(struct check *c, const struct certificate *below)
{
    struct general_name subject = { .tag = NAME_DIRECTORY, .value = below->subject };
    struct reader names = reader_of(below->ext.alt_names);
    bool has_mailbox = false;

    while (names.left != 0) {
        struct general_name name = ike2_x509_general_name(&names, false);

        has_mailbox = has_mailbox || name.tag == NAME_RFC822;
        if (!is_permitted(c, &name) || c->effort > EFFORT_MAX)
            return false;
    }
    return (ike2_x509_name_is_empty(below->subject) || is_permitted(c, &subject)) &&
           (has_mailbox || mailboxes_are_permitted(c, below->subject)) && c->effort <= EFFORT_MAX;
}

bool ike2_x509_names_are_permitted(const struct path *p, const struct rules *rules,
                                   struct refusal *refusal)
{
    struct check check = { 0 };

    for (size_t i = p->len; i-- > 1;) {
        const struct certificate *ca = p->certificates[i];

        if (!ike2_x509_has(ca, OID_NAME_CONSTRAINTS) ||
            (ca->is_anchor && rules->free_anchor_limits))
            continue;
        check.constraints = ca->ext.name_constraints;
        for (size_t j = i; j-- > 0;) {
            const struct certificate *below = p->certificates[j];

            /* RFC 5280 6.1.3 (b): a self-issued one in between has the name of its issuer. */
            if (j != 0 && ike2_x509_is_self_issued(below))
                continue;
            if (!all_permitted(&check, below) ||
                (j == 0 && rules->common_names && !host_is_permitted(&check, below)))
                return ike2_x509_refuse(
                    refusal,
                    check.effort > EFFORT_MAX ? IKE2_X509_LIMIT : IKE2_X509_NAME_CONSTRAINTS,
                    check.effort > EFFORT_MAX ? "too many names and name constraints: "
                                              : "name constraints: a name is not permitted: ",
                    below, j);
        }
    }
    return true;
}
