#include "keypair_urls.h"

#include <string.h>

#include <ike2/iana.h>

#include <openssl/evp.h>

#include "url.h"

const char *keypair_url_add(struct connection_local *local, const char *url)
{
    if (local->n_cert_urls == CERT_URLS_MAX)
        return "is one URL too many: 64 will do";
    local->cert_urls[local->n_cert_urls++] = url;
    return url_wrong((ike2_bytes){ .ptr = (const uint8_t *)url, .len = strlen(url) }, false);
}

static bool take(struct keypair *p, size_t i, const char *url)
{
    ike2_bytes certificate = p->chain[i];

    if (EVP_Digest(certificate.ptr, certificate.len, p->lookup_hashes[i], NULL, EVP_sha1(), NULL) !=
        1)
        return false;
    p->lookups[i] = (ike2_hash_url){
        .encoding = IKE2_CERT_HASH_AND_URL,
        .hash = { .ptr = p->lookup_hashes[i], .len = LOOKUP_OCTETS },
        .url = { .ptr = (const uint8_t *)url, .len = strlen(url) },
    };
    return true;
}

static size_t count(const struct keypairs *p)
{
    size_t n = 0;

    for (size_t i = 0; i < p->n; i++)
        n += p->list[i].own.n_chain;
    return n;
}

bool keypair_take_urls(struct keypairs *p, const struct connection_local *local,
                       struct problem *why)
{
    const size_t n = count(p);
    const char *const *url = local->cert_urls;

    if (local->n_cert_urls == 0)
        return true;
    if (local->n_cert_urls != n) {
        problem_set(why,
                    "cert-url has %zu URL%s, and %zu certificate%s sent: name one for each, that "
                    "of a file of cert first, then those between it and the CA's, without the root",
                    local->n_cert_urls, local->n_cert_urls == 1 ? "" : "s", n,
                    n == 1 ? " is" : "s are");
        return false;
    }
    for (size_t i = 0; i < p->n; i++) {
        ike2_credential *own = &p->list[i].own;

        own->lookups = p->list[i].lookups;
        for (; own->n_lookups < own->n_chain; own->n_lookups++) {
            if (take(&p->list[i], own->n_lookups, *url++))
                continue;
            problem_set(why, "cert-url is of no use: OpenSSL computes no SHA-1 here");
            return false;
        }
    }
    return true;
}
