/* x509/time.c - UTCTime and GeneralizedTime. RFC 5280 4.1.2.5. */
#include "x509/time.h"

enum { DAY = 86400, DAYS_OF_400_YEARS = 146097, DAYS_TO_1970 = 719468 };

struct calendar {
    int64_t year;
    unsigned month, day; /* from 1 */
};

/* Years begin in March, so that a leap day is the last of its year; and one era of 400 years is
 * added, so that nothing is negative. */
static int64_t days_of(struct calendar c)
{
    int64_t year = c.year + 400 - (c.month <= 2);
    int64_t month = (c.month + 9) % 12;

    return year * 365 + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + c.day - 1 -
           DAYS_TO_1970 - DAYS_OF_400_YEARS;
}

static struct calendar calendar_of(int64_t utc_seconds)
{
    int64_t days = utc_seconds / DAY - (utc_seconds % DAY < 0) + DAYS_TO_1970 + DAYS_OF_400_YEARS;
    int64_t era = days / DAYS_OF_400_YEARS, in_era = days % DAYS_OF_400_YEARS;
    int64_t year = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
    int64_t in_year = in_era - (365 * year + year / 4 - year / 100);
    unsigned month = (unsigned)((5 * in_year + 2) / 153);

    return (struct calendar){ .year = year + (era - 1) * 400 + (month >= 10),
                              .month = month < 10 ? month + 3 : month - 9,
                              .day = (unsigned)(in_year - (153 * month + 2) / 5 + 1) };
}

/* 0 to 99; what is no digit makes the reader fail. */
static unsigned two_digits(struct reader *r)
{
    unsigned out = 0;

    for (int i = 0; i < 2; i++) {
        uint8_t c = read_u8(r);

        if (c < '0' || c > '9')
            *r = (struct reader){ .failed = true };
        out = out * 10 + (c - (unsigned)'0');
    }
    return r->failed ? 0 : out;
}

static bool is_date(struct calendar c)
{
    struct calendar next = { c.year + (c.month == 12), c.month % 12 + 1, 1 };

    return c.month >= 1 && c.month <= 12 && c.day >= 1 && days_of(c) < days_of(next);
}

int64_t ike2_x509_time(struct reader *r)
{
    struct der d = ike2_der_next(r);
    struct reader text = reader_of(d.value);
    struct calendar c = { 0 };
    unsigned hour, minute, second;

    if (d.tag == DER_GENERALIZED_TIME)
        c.year = two_digits(&text) * 100;
    c.year += two_digits(&text);
    if (d.tag == DER_UTC_TIME)
        c.year += c.year < 50 ? 2000 : 1900; /* RFC 5280 4.1.2.5.1 */
    c.month = two_digits(&text);
    c.day = two_digits(&text);
    hour = two_digits(&text);
    minute = two_digits(&text);
    second = two_digits(&text);
    if (read_u8(&text) != 'Z' || !reader_end(&text) || !is_date(c) || hour > 23 || minute > 59 ||
        second > 59 || (d.tag != DER_UTC_TIME && d.tag != DER_GENERALIZED_TIME)) {
        *r = (struct reader){ .failed = true };
        return 0;
    }
    return days_of(c) * DAY + hour * 3600 + minute * 60 + second;
}

static char *put(char *out, unsigned value, unsigned unit)
{
    for (; unit != 0; unit /= 10)
        *out++ = (char)('0' + value / unit % 10);
    return out;
}

void ike2_x509_date(int64_t utc_seconds, char out[TIME_DATE_ROOM])
{
    static const int64_t first = -INT64_C(62167219200), last = INT64_C(253402300799);
    int64_t t = utc_seconds < first ? first : utc_seconds > last ? last : utc_seconds;
    struct calendar c = calendar_of(t);

    out = put(out, (unsigned)c.year, 1000);
    *out++ = '-';
    out = put(out, c.month, 10);
    *out++ = '-';
    out = put(out, c.day, 10);
    *out = '\0';
}
