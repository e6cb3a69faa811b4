#include "certificate_advice.h"

#include <stddef.h>
#include <string.h>

static const struct certificate_advice rows[] = {
    { "the peer sent no X.509",
      "it is configured without a certificate, or with one of another kind",
      "give the peer a certificate, and let it send it" },
    { "hash and URL:",
      "the peer does not send its certificate but says where it is, and it could not be fetched "
      "from there",
      "look whether the certificate is there and may be reached from here, see remote { "
      "crl-networks }; or leave hash-and-url out, so that the peer sends it" },
    { "certificate: the peer sends a URL",
      "the peer says where its certificate is, which this connection does not want to know",
      "let the peer send it; or have it fetched: remote { hash-and-url = yes }" },
    { "expired:", "it was not renewed, or the clock of this machine is wrong",
      "renew the peer's certificate; compare the clock of this machine (date) with its dates" },
    { "not yet valid:", "the clock of this machine is wrong, or the certificate is for later",
      "compare the clock of this machine (date) with the dates of the certificate" },
    { "revoked", "its CA, or a CA above, has put it on a CRL",
      "keep it out; if the peer is still wanted, make it a new key and a new certificate" },
    { "CRL is stale:", "no current CRL of the CA is here, and the connection asks for one",
      "renew the CRL that remote { crl-file } names, before its date" },
    { "no CRL", "no current CRL of the CA is here, and the connection asks for one",
      "give the CRLs of every CA on the way with remote { crl-file = ... }, or have them fetched: "
      "crl-fetch = yes" },
    { "CRL", "a CRL is here, but it cannot be used",
      "give a CRL that this CA has signed with remote { crl-file = ... }" },
    { "pin:", "the peer, or its CA, has another key than the pinned one; or somebody pretends",
      "ask who runs the peer; if the key is right, give its hash as remote { pin = ... }" },
    { "usage:", "key usage, extended key usage or basic constraints forbid it",
      "make the peer another certificate, with digitalSignature in its key usage and, if it has "
      "extended key usage, one that remote { extended-key-usage } names" },
    { "identity:", "the certificate has other names than the one that the peer goes by",
      "let the peer claim a name that stands in its certificate, or make it one with that name" },
    { "name constraints:", "name constraints of a CA on the way forbid a name of it",
      "make the certificate for a name that the CA is for, or by another CA" },
    { "weak:", "its key is too short, or its signature uses an old hash function",
      "make another one, with SHA-2: RSA from 3072 bits or ECDSA on P-384 does for every policy" },
    { "another curve:", "the policy of the connection has one curve",
      "make another one: ECDSA on P-384, or RSA from 3072 bits" },
    { "signature: AUTH", "its private key is not that of its certificate, or IKE_SA_INIT was "
                         "changed on the way",
      "let the peer use the key of its certificate; look whether something between changes "
      "messages" },
    { "malformed:", "it is damaged, or has a critical extension that is not known here",
      "make another one: doc/certificates.md" },
    { "no path:", "its CA is not trusted here, or the peer does not send its intermediates",
      "name the certificate of the CA at the top in remote { ca = ... }; on the peer, put the "
      "intermediates behind its own certificate" },
};

const struct certificate_advice *certificate_advice(const char *difference)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strncmp(difference, rows[i].begins, strlen(rows[i].begins)) == 0)
            return &rows[i];
    }
    return NULL;
}
