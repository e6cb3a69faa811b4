#include "certificate.h"

#include <stdio.h>
#include <string.h>

#include <mbedtls/x509_crt.h>

#include <ike2/iana.h>

enum { CONTEXT_RFC822 = 0x81, CONTEXT_DNS = 0x82, CONTEXT_IP = 0x87 };

static bool parse(ike2_bytes der, mbedtls_x509_crt *crt)
{
    mbedtls_x509_crt_init(crt);
    return mbedtls_x509_crt_parse_der(crt, der.ptr, der.len) == 0;
}

/* What a GeneralName is as an identity of RFC 7296 3.5; type 0 for other kinds. */
static ike2_id name_id(const mbedtls_x509_buf *name)
{
    ike2_id id = { .data = { .ptr = name->p, .len = name->len } };

    if (name->tag == CONTEXT_DNS)
        id.type = IKE2_ID_FQDN;
    else if (name->tag == CONTEXT_RFC822)
        id.type = IKE2_ID_RFC822_ADDR;
    else if (name->tag == CONTEXT_IP && name->len == 4)
        id.type = IKE2_ID_IPV4_ADDR;
    else if (name->tag == CONTEXT_IP && name->len == 16)
        id.type = IKE2_ID_IPV6_ADDR;
    return id;
}

static ike2_id subject_id(const mbedtls_x509_buf *raw)
{
    return (ike2_id){ .type = IKE2_ID_DER_ASN1_DN, .data = { .ptr = raw->p, .len = raw->len } };
}

/* "O=Example, CN=moon": the text form of a DN without its prefix. */
static void subject_text(const mbedtls_x509_buf *raw, char text[CERTIFICATE_NAME])
{
    const ike2_id id = subject_id(raw);

    (void)ike2_id_text(&id, text, CERTIFICATE_NAME);
    if (strncmp(text, "dn:", 3) == 0)
        memmove(text, text + 3, strlen(text + 3) + 1);
}

static void names_text(const mbedtls_x509_sequence *names, char text[CERTIFICATE_NAME])
{
    size_t len = 0;

    text[0] = '\0';
    for (; names != NULL && len < CERTIFICATE_NAME; names = names->next) {
        const ike2_id id = name_id(&names->buf);
        char one[CERTIFICATE_NAME];

        if (id.type == 0)
            continue;
        (void)ike2_id_text(&id, one, sizeof one);
        len +=
            (size_t)snprintf(text + len, CERTIFICATE_NAME - len, "%s%s", len == 0 ? "" : ", ", one);
    }
}

static void date_text(const mbedtls_x509_time *t, char text[CERTIFICATE_DATE])
{
    (void)snprintf(text, CERTIFICATE_DATE, "%04u-%02u-%02u", (unsigned)t->year % 10000,
                   (unsigned)t->mon % 100, (unsigned)t->day % 100);
}

bool certificate_read(ike2_bytes der, struct certificate *out)
{
    mbedtls_x509_crt crt;
    bool ok = parse(der, &crt);

    if (ok) {
        subject_text(&crt.subject_raw, out->subject);
        subject_text(&crt.issuer_raw, out->issuer);
        names_text(crt.subject_alt_names.buf.p != NULL ? &crt.subject_alt_names : NULL, out->names);
        date_text(&crt.valid_from, out->from);
        date_text(&crt.valid_to, out->until);
    }
    mbedtls_x509_crt_free(&crt);
    return ok;
}

static ike2_id chosen_id(const mbedtls_x509_crt *crt)
{
    const mbedtls_x509_sequence *n;

    for (n = &crt->subject_alt_names; n != NULL && n->buf.p != NULL; n = n->next) {
        if (n->buf.tag == CONTEXT_DNS || n->buf.tag == CONTEXT_RFC822)
            return name_id(&n->buf);
    }
    return subject_id(&crt->subject_raw);
}

bool certificate_identity(ike2_bytes der, struct identity *out)
{
    mbedtls_x509_crt crt;
    bool ok = parse(der, &crt);
    ike2_id id = { 0 };

    if (ok)
        id = chosen_id(&crt);
    ok = ok && id.data.len > 0 && id.data.len <= sizeof out->room;
    if (ok) {
        memcpy(out->room, id.data.ptr, id.data.len);
        out->id = (ike2_id){ .type = id.type, .data = { .ptr = out->room, .len = id.data.len } };
    }
    mbedtls_x509_crt_free(&crt);
    return ok;
}

static bool same(const ike2_id *a, const ike2_id *b)
{
    return a->type == b->type && a->data.len == b->data.len && a->data.len > 0 &&
           memcmp(a->data.ptr, b->data.ptr, a->data.len) == 0;
}

bool certificate_holds(ike2_bytes der, const ike2_id *id)
{
    const mbedtls_x509_sequence *n;
    mbedtls_x509_crt crt;
    bool ok = false;

    if (parse(der, &crt)) {
        ike2_id one = subject_id(&crt.subject_raw);

        ok = same(&one, id);
        for (n = &crt.subject_alt_names; !ok && n != NULL && n->buf.p != NULL; n = n->next) {
            one = name_id(&n->buf);
            ok = same(&one, id);
        }
    }
    mbedtls_x509_crt_free(&crt);
    return ok;
}
