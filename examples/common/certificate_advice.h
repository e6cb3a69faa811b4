/* certificate_advice.h - what most likely is behind a refused certificate, and what to do about it
 * on a server: each reason has a remedy of its own. */
#ifndef COMMON_CERTIFICATE_ADVICE_H
#define COMMON_CERTIFICATE_ADVICE_H

struct certificate_advice {
    const char *begins; /* the text of the verdict, ike2_verdict */
    const char *cause, *hint;
};

/* Of the verdict's text, "expired: CN=moon.test until 2024-01-31 (depth 0)"; NULL: nothing better
 * than what holds for all. */
const struct certificate_advice *certificate_advice(const char *difference);

#endif
