#include "subject.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { HOST_MAX = 253, LABEL_MAX = 63, NAME_MAX_OCTETS = 200, ADDRESS_MAX = 16 };

enum form { FORM_HOST, FORM_WILDCARD, FORM_MAIL, FORM_IPV4, FORM_IPV6, FORM_OTHER };

const char *subject_word(enum subject_kind kind)
{
    return kind == SUBJECT_SERVER ? "server" : "client";
}

/* --- Which form a name has --------------------------------------------------------------- */

/* Letters, digits and inner hyphens, RFC 1123 2.1; the length of the label, or 0. */
static size_t label(const char *text)
{
    size_t n = 0;

    while (isalnum((unsigned char)text[n]) || text[n] == '-')
        n++;
    return n <= LABEL_MAX && n > 0 && text[0] != '-' && text[n - 1] != '-' ? n : 0;
}

bool subject_is_host(const char *name)
{
    const char *at = name;
    size_t n;

    if (strlen(name) > HOST_MAX)
        return false;
    while ((n = label(at)) > 0 && at[n] == '.')
        at += n + 1;
    /* A last label of digits alone would be a mistyped address. */
    return n > 0 && at[n] == '\0' && strspn(at, "0123456789") < n;
}

/* Local part and host, RFC 5280 4.2.1.6: in ASCII. */
static bool is_mail(const char *name)
{
    const char *at = strrchr(name, '@'), *c;

    if (at == NULL || at == name || !subject_is_host(at + 1))
        return false;
    for (c = name; c < at; c++) {
        if (!isalnum((unsigned char)*c) && strchr("!#$%&'*+-/=?^_`{|}~.", *c) == NULL)
            return false;
    }
    return true;
}

static int address(const char *name, unsigned char out[ADDRESS_MAX])
{
    if (inet_pton(AF_INET, name, out) == 1)
        return 4;
    return inet_pton(AF_INET6, name, out) == 1 ? ADDRESS_MAX : 0;
}

static enum form form_of(const char *name)
{
    unsigned char octets[ADDRESS_MAX];
    int len = address(name, octets);

    if (len > 0)
        return len == 4 ? FORM_IPV4 : FORM_IPV6;
    if (is_mail(name))
        return FORM_MAIL;
    if (strncmp(name, "*.", 2) == 0 && subject_is_host(name + 2))
        return FORM_WILDCARD;
    return subject_is_host(name) ? FORM_HOST : FORM_OTHER;
}

/* --- What is wrong with it --------------------------------------------------------------- */

/* Well-formed, RFC 3629 3, and without control characters. */
static bool is_text(const char *name)
{
    const unsigned char *at = (const unsigned char *)name;
    size_t left = strlen(name);
    unsigned long c = 0;

    while (left > 0) {
        int n = UTF8_getc(at, (int)left, &c);

        if (n <= 0 || c < ' ' || (c >= 0x7f && c < 0xa0))
            return false;
        at += n;
        left -= (size_t)n;
    }
    return true;
}

bool subject_is_text(const char *text, size_t most)
{
    size_t n = 0;
    const char *c;

    for (c = text; *c != '\0'; c++)
        n += ((unsigned char)*c & 0xc0u) != 0x80u; /* begins a character */
    return n > 0 && n <= most && is_text(text);
}

static const char *ascii_only(const char *name)
{
    for (; *name != '\0'; name++) {
        if ((unsigned char)*name >= 0x80)
            return ": write it in ASCII, as xn--... (IDNA), which DNS has, too";
    }
    return ": a host's name such as vpn.example.org is expected, or an address such as 192.0.2.1";
}

/* NULL, or the end of a sentence. */
static const char *problem_of(const struct subject *s, const char *name)
{
    size_t len = strlen(name);

    if (len == 0)
        return " is empty";
    if (len > NAME_MAX_OCTETS)
        return " is too long for the names of its files (200 octets): take a short name, and give "
               "the long one with --also";
    if (!is_text(name))
        return " has control characters, or is no UTF-8";
    if (name[0] == ' ' || name[len - 1] == ' ')
        return " has a space at its end";
    switch (form_of(name)) {
    case FORM_HOST:
    case FORM_IPV4:
    case FORM_IPV6: return NULL;
    case FORM_WILDCARD:
        return s->wildcard ? NULL
                           : " is a pattern: many peers, ikev2-client among them, take none. List "
                             "the names with --also, or insist with --wildcard";
    case FORM_MAIL:
        return s->kind == SUBJECT_CLIENT ? NULL : " is a mail address, which no server goes by";
    case FORM_OTHER: break;
    }
    if (s->kind == SUBJECT_CLIENT && name == s->names[0])
        return NULL; /* for its distinguished name */
    return ascii_only(name);
}

bool subject_check(const struct subject *s, struct problem *why)
{
    size_t i;

    for (i = 0; i < s->n_names; i++) {
        const char *wrong = problem_of(s, s->names[i]);

        if (wrong != NULL) {
            problem_set(why, "the name '%s'%s", is_text(s->names[i]) ? s->names[i] : "?", wrong);
            return false;
        }
    }
    return true;
}

/* --- What becomes of it ------------------------------------------------------------------ */

void subject_stem(const struct subject *s, char stem[SUBJECT_STEM])
{
    size_t len = (size_t)snprintf(stem, SUBJECT_STEM, "%ss/", subject_word(s->kind));
    const char *c;

    for (c = s->names[0]; *c != '\0' && len + 4 < SUBJECT_STEM; c++) {
        bool plain = isalnum((unsigned char)*c) || strchr("-_@+", *c) != NULL ||
                     (unsigned char)*c >= 0x80 || (*c == '.' && c != s->names[0]);

        len += (size_t)snprintf(stem + len, SUBJECT_STEM - len, plain ? "%c" : "%%%02X",
                                (unsigned char)*c);
    }
}

/* Takes over nothing; false if memory is short. */
static bool push(GENERAL_NAMES *list, int type, const void *octets, int len)
{
    GENERAL_NAME *name = GENERAL_NAME_new();
    ASN1_STRING *value =
        type == GEN_IPADD ? ASN1_OCTET_STRING_new() : (ASN1_STRING *)ASN1_IA5STRING_new();

    if (name != NULL && value != NULL && ASN1_STRING_set(value, octets, len) == 1) {
        GENERAL_NAME_set0_value(name, type, value);
        if (sk_GENERAL_NAME_push(list, name) > 0)
            return true;
        value = NULL; /* belongs to the name */
    }
    ASN1_STRING_free(value);
    GENERAL_NAME_free(name);
    return false;
}

static bool add_name(GENERAL_NAMES *list, const struct subject *s, const char *text)
{
    unsigned char octets[ADDRESS_MAX];
    int len = (int)strlen(text);

    switch (form_of(text)) {
    case FORM_HOST:
    case FORM_WILDCARD: return push(list, GEN_DNS, text, len);
    case FORM_MAIL: return push(list, GEN_EMAIL, text, len);
    case FORM_IPV4:
        /* Windows looks for a server's address among the names of hosts. */
        return push(list, GEN_IPADD, octets, address(text, octets)) &&
               (s->kind == SUBJECT_CLIENT || push(list, GEN_DNS, text, len));
    case FORM_IPV6: return push(list, GEN_IPADD, octets, address(text, octets));
    case FORM_OTHER: break;
    }
    return true;
}

GENERAL_NAMES *subject_alt_names(const struct subject *s)
{
    GENERAL_NAMES *list = sk_GENERAL_NAME_new_null();
    bool ok = list != NULL;
    size_t i;

    for (i = 0; ok && i < s->n_names; i++)
        ok = add_name(list, s, s->names[i]);
    if (ok)
        return list;
    GENERAL_NAMES_free(list);
    return NULL;
}
