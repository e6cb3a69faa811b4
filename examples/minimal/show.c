#include "show.h"

#include <inttypes.h>
#include <stdio.h>

#include <ike2/iana.h>
#include <ike2/info.h>

#include "outcome.h"
#include "selector.h"

enum { NAME_TEXT = 64, SUITE_TEXT = 400, TS_TEXT = 1024, ID_TEXT = 600 };

/* --- Pieces of a line ------------------------------------------------------------------- */

/* IANA's name, its blanks made '_'; or the number. */
static void name_text(const char *name, unsigned number, char text[NAME_TEXT])
{
    char *c;

    if (name == NULL)
        (void)snprintf(text, NAME_TEXT, "%u", number);
    else
        (void)snprintf(text, NAME_TEXT, "%s", name);
    for (c = text; *c != '\0'; c++)
        *c = *c == ' ' ? '_' : *c;
}

/* "ENCR_AES_GCM_16-256/PRF_HMAC_SHA2_384/...": what was negotiated, in this order. */
static void suite_text(const ike2_suite *suite, char text[SUITE_TEXT])
{
    const ike2_transform *const parts[] = { &suite->encr, &suite->integ, &suite->prf, &suite->ke };
    size_t i, len = 0;

    text[0] = '\0';
    for (i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        const ike2_transform *t = parts[i];
        char name[NAME_TEXT], bits[16] = "";
        int written;

        if (t->type == 0 || (t->type == IKE2_TRANSFORM_INTEG && t->id == IKE2_INTEG_NONE))
            continue;
        name_text(ike2_transform_name(t->type, t->id), t->id, name);
        if (t->key_bits != 0)
            (void)snprintf(bits, sizeof bits, "-%u", t->key_bits);
        written = snprintf(text + len, SUITE_TEXT - len, "%s%s%s", len == 0 ? "" : "/", name, bits);
        len += written > 0 ? (size_t)written : 0; /* four names of 64 octets always fit */
    }
}

static void id_text(const ike2_id *id, char text[ID_TEXT])
{
    if (id == NULL || id->type == 0)
        (void)snprintf(text, ID_TEXT, "none");
    else
        (void)ike2_id_text(id, text, ID_TEXT); /* the peer's octets come out escaped */
}

static void notify_text(uint16_t notify, char text[NAME_TEXT])
{
    if (notify == 0)
        (void)snprintf(text, NAME_TEXT, "none");
    else
        name_text(ike2_notify_name(notify), notify, text);
}

static const char *nat_word(const ike2_sa_info *info)
{
    if (info->nat_local)
        return info->nat_remote ? "both" : "local";
    return info->nat_remote ? "remote" : "none";
}

/* A line is over: who waits for it at the other end of a pipe shall have it now. */
static void end_line(void)
{
    (void)putchar('\n');
    (void)fflush(stdout);
}

/* --- Lines -------------------------------------------------------------------------------- */

static void print_spis(const ike2_sa_event *sa, enum role role)
{
    (void)printf(" spi_i=%016" PRIx64 " spi_r=%016" PRIx64,
                 role == INITIATOR ? sa->spi_local : sa->spi_remote,
                 role == INITIATOR ? sa->spi_remote : sa->spi_local);
}

void show_listening(const struct udp_socket pair[2])
{
    char plain[UDP_ADDR_TEXT], marked[UDP_ADDR_TEXT];

    udp_addr_text(&pair[0].local, plain, sizeof plain);
    udp_addr_text(&pair[1].local, marked, sizeof marked);
    (void)printf("listening ike=%s natt=%s", plain, marked);
    end_line();
}

void show_ready(void)
{
    (void)printf("ready");
    end_line();
}

void show_sa_up(const ike2_endpoint *ep, const ike2_output *out, enum role role)
{
    ike2_sa_info info = IKE2_INIT(ike2_sa_info);
    char local[UDP_ADDR_TEXT], remote[UDP_ADDR_TEXT], suite[SUITE_TEXT];
    char local_id[ID_TEXT], remote_id[ID_TEXT];

    udp_addr_text(&out->u.sa.path->local, local, sizeof local);
    udp_addr_text(&out->u.sa.path->remote, remote, sizeof remote);
    id_text(out->u.sa.local_id, local_id);
    id_text(out->u.sa.remote_id, remote_id);
    /* The event says that it is up; what it is like stands in the SA, which may be gone again. */
    (void)ike2_sa_get(ep, out->sa, &info);
    suite_text(&info.suite, suite);

    (void)printf("IKE_SA up");
    print_spis(&out->u.sa, role);
    (void)printf(" local=%s remote=%s suite=%s nat=%s fragmentation=%s local_id=%s remote_id=%s",
                 local, remote, suite, nat_word(&info), info.fragmentation ? "yes" : "no", local_id,
                 remote_id);
    end_line();
}

void show_sa_down(const ike2_output *out, enum role role)
{
    char notify[NAME_TEXT];

    notify_text(out->u.sa.notify, notify);
    (void)printf("IKE_SA down reason=%s notify=%s", outcome_reason(out->u.sa.reason), notify);
    print_spis(&out->u.sa, role);
    end_line();
}

void show_child_up(const ike2_output *out)
{
    const ike2_pair *pair = out->u.child.pair;
    char local[TS_TEXT], remote[TS_TEXT], suite[SUITE_TEXT];

    selector_list_text(pair->ts_local, pair->n_ts_local, local, sizeof local);
    selector_list_text(pair->ts_remote, pair->n_ts_remote, remote, sizeof remote);
    suite_text(&pair->suite, suite);
    (void)printf("CHILD_SA up spi_in=%08" PRIx32 " spi_out=%08" PRIx32
                 " ts_local=%s ts_remote=%s esp=%s esn=%s encap=%s",
                 pair->spi_in, pair->spi_out, local, remote, suite, pair->esn ? "yes" : "no",
                 pair->encap == IKE2_ENCAP_NONE ? "none" : "udp");
    end_line();
}

void show_child_down(const ike2_output *out)
{
    const ike2_pair *pair = out->u.child.pair;
    char notify[NAME_TEXT];

    notify_text(out->u.child.notify, notify);
    (void)printf("CHILD_SA down reason=%s notify=%s", outcome_reason(out->u.child.reason), notify);
    if (pair != NULL)
        (void)printf(" spi_in=%08" PRIx32 " spi_out=%08" PRIx32, pair->spi_in, pair->spi_out);
    end_line();
}

void show_failure(const char *program, int code, const char *record)
{
    (void)fprintf(stderr, "%s: %s%s%s%s\n", program, outcome_hint(code),
                  *record != '\0' ? " [" : "", record, *record != '\0' ? "]" : "");
}
