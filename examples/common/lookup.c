#include "lookup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ike2/iana.h>
#include <ike2/x509.h>

enum {
    CERTIFICATE_OCTETS = 1 << 14, /* the validator takes no larger ones */
    BUNDLE_OCTETS = 1 << 17,      /* with a small CRL or two */
    BUNDLE_MAX = 24,              /* the validator takes no more */
    PROOF_MAX = 64,               /* of ike2_proof */
    VERDICT_TEXT = sizeof(((ike2_verdict *)0)->text)
};

struct lookup_place {
    ike2_hash_url from; /* views the proof */
    char url[URL_ROOM];
    const char *wrong;
    uint8_t *octets;
    ike2_cert found[BUNDLE_MAX]; /* view `octets` */
    size_t n_found;
};

struct lookup {
    const ike2_proof *asked;
    struct lookup_place *places;
    size_t n;
    bool is_first_behind_url; /* then it is the first place */
    char missing[VERDICT_TEXT]; /* why the first did not come; "" = it may */
    ike2_cert certs[PROOF_MAX];
    ike2_proof proof;
};

/* --- Where they are -------------------------------------------------------------------------- */

static bool is_behind_url(const ike2_cert *c)
{
    return c->encoding == IKE2_CERT_HASH_AND_URL || c->encoding == IKE2_CERT_HASH_AND_URL_BUNDLE;
}

static size_t count(const ike2_proof *proof)
{
    size_t n = 0;

    for (size_t i = 0; i < proof->n_certs; i++)
        n += is_behind_url(&proof->certs[i]);
    return n < LOOKUPS_MAX ? n : LOOKUPS_MAX;
}

/* RFC 7296 3.6: http and no other scheme. */
static void read_place(struct lookup_place *place, const ike2_cert *cert)
{
    if (ike2_hash_url_read(cert, &place->from) != IKE2_OK) {
        memcpy(place->url, "nowhere", sizeof "nowhere");
        place->wrong = "is no URL";
        return;
    }
    place->wrong = url_wrong(place->from.url, false);
    memcpy(place->url, place->from.url.ptr,
           place->from.url.len < URL_ROOM ? place->from.url.len : URL_ROOM - 1);
}

/* RFC 7296 3.6: the first certificate is the one that AUTH is made with. */
static bool begins_behind_url(const ike2_proof *proof)
{
    for (size_t i = 0; i < proof->n_certs; i++) {
        if (proof->certs[i].encoding == IKE2_CERT_X509_SIGNATURE)
            return false;
        if (is_behind_url(&proof->certs[i]))
            return true;
    }
    return false;
}

struct lookup *lookup_new(const ike2_proof *proof)
{
    size_t n = count(proof);
    struct lookup *l = n > 0 ? calloc(1, sizeof *l) : NULL;

    if (l == NULL)
        return NULL;
    l->places = calloc(n, sizeof *l->places);
    if (l->places == NULL) {
        free(l);
        return NULL;
    }
    l->asked = proof;
    l->is_first_behind_url = begins_behind_url(proof);
    for (size_t i = 0; l->n < n; i++) {
        if (is_behind_url(&proof->certs[i]))
            read_place(&l->places[l->n++], &proof->certs[i]);
    }
    return l;
}

void lookup_free(struct lookup *l)
{
    if (l == NULL)
        return;
    for (size_t i = 0; i < l->n; i++)
        free(l->places[i].octets);
    free(l->places);
    free(l);
}

struct lookup_place *lookup_place(struct lookup *l, size_t i)
{
    return i < l->n ? &l->places[i] : NULL;
}

const char *lookup_url(const struct lookup_place *place)
{
    return place->url;
}

const char *lookup_wrong(const struct lookup_place *place)
{
    return place->wrong;
}

size_t lookup_octets_max(const struct lookup_place *place)
{
    return place->from.encoding == IKE2_CERT_HASH_AND_URL ? CERTIFICATE_OCTETS : BUNDLE_OCTETS;
}

/* --- What has come --------------------------------------------------------------------------- */

const char *lookup_put(struct lookup_place *place, uint8_t *octets, size_t len)
{
    size_t n = BUNDLE_MAX;
    ike2_err err;

    place->octets = octets;
    err = ike2_x509_fetched(&place->from, (ike2_bytes){ .ptr = octets, .len = len }, place->found,
                            &n);
    if (err == IKE2_OK)
        place->n_found = n;
    switch (err) {
    case IKE2_OK: return NULL;
    case IKE2_ERR_AUTH: return "has not the SHA-1 hash that the peer says";
    case IKE2_ERR_MALFORMED: return "is no bundle of at most 24 certificates and CRLs";
    default: return ike2_strerror(err);
    }
}

bool lookup_is_found(const struct lookup_place *place)
{
    return place->n_found > 0;
}

void lookup_give_up(struct lookup *l, const struct lookup_place *place, const char *why)
{
    if (l->is_first_behind_url && place == l->places)
        (void)snprintf(l->missing, sizeof l->missing, "hash and URL: %s", why);
}

static void add(struct lookup *l, const ike2_cert *certs, size_t n)
{
    for (size_t i = 0; i < n && l->proof.n_certs < PROOF_MAX; i++)
        l->certs[l->proof.n_certs++] = certs[i];
}

const ike2_proof *lookup_finish(struct lookup *l)
{
    const ike2_proof *asked = l->asked;
    size_t place = 0;

    l->proof = *asked;
    l->proof.certs = l->certs;
    l->proof.n_certs = 0;
    for (size_t i = 0; l->missing[0] == '\0' && i < asked->n_certs; i++) {
        if (!is_behind_url(&asked->certs[i]))
            add(l, &asked->certs[i], 1);
        else if (place < l->n) {
            add(l, l->places[place].found, l->places[place].n_found);
            place++;
        }
    }
    return &l->proof;
}

bool lookup_is_enough(const struct lookup *l, ike2_verdict *out)
{
    if (l->missing[0] == '\0')
        return true;
    *out = (ike2_verdict)IKE2_INIT(ike2_verdict);
    out->reason = LOOKUP_FAILED;
    memcpy(out->text, l->missing, sizeof out->text);
    return false;
}
