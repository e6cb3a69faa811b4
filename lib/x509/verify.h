/* x509/verify.h - the verdict on a proof, for whoever has the cryptography. RFC 7296 2.15, 3.6. */
#ifndef X509_VERIFY_H
#define X509_VERIFY_H

#include <ike2/x509.h>

/* As ike2_x509_verify, but `policy` has `crypto` and `mem`. */
ike2_err ike2_x509_judge(const ike2_proof *proof, const ike2_x509_policy *policy,
                         int64_t utc_seconds, ike2_verdict *out);

#endif
