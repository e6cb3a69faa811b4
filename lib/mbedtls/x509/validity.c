/* mbedtls/x509/validity.c - the dates of a path. RFC 5280 4.1.2.5, 6.1.3 (a)(2). */
#include "mbedtls/x509/validity.h"

#include "mbedtls/x509/refusal.h"

/* Days from 1970-01-01 to the first of March of that year, in the Gregorian calendar. */
static int64_t days_to_march(int64_t year)
{
    const int64_t days_to_1970 = 719468; /* from the first of March of year 0 */

    return 365 * year + year / 4 - year / 100 + year / 400 - days_to_1970;
}

/* mbedTLS has checked that it is a date after year 0. */
static int64_t seconds_of(const mbedtls_x509_time *t)
{
    /* Years begin in March, so that a leap day is the last one. */
    int64_t year = t->mon > 2 ? t->year : t->year - 1;
    int64_t month = t->mon > 2 ? t->mon - 3 : t->mon + 9;
    int64_t days = days_to_march(year) + (153 * month + 2) / 5 + t->day - 1;

    return ((days * 24 + t->hour) * 60 + t->min) * 60 + t->sec;
}

static bool refuse(uint32_t reason, const struct certificate *c, size_t depth,
                   ike2_verdict *refusal)
{
    bool is_over = reason == IKE2_X509_EXPIRED;

    *refusal = ike2_mbed_refusal(reason, is_over ? "expired: " : "not yet valid: ");
    ike2_mbed_say_name(refusal, &c->crt.subject);
    ike2_mbed_say(refusal, is_over ? " until " : " from ");
    ike2_mbed_say_date(refusal, is_over ? &c->crt.valid_to : &c->crt.valid_from);
    ike2_mbed_say_depth(refusal, depth);
    return false;
}

bool ike2_mbed_path_is_valid(const struct path *p, int64_t utc_seconds, ike2_verdict *refusal)
{
    for (size_t i = 0; i < p->len; i++) {
        const struct certificate *c = p->certificates[i];

        /* Both limits belong to the period. */
        if (utc_seconds < seconds_of(&c->crt.valid_from))
            return refuse(IKE2_X509_NOT_YET_VALID, c, i, refusal);
        if (utc_seconds > seconds_of(&c->crt.valid_to))
            return refuse(IKE2_X509_EXPIRED, c, i, refusal);
    }
    return true;
}
