#include "show.h"

#include <inttypes.h>
#include <stdio.h>

#include <ike2/iana.h>
#include <ike2/info.h>

#include "common/names.h"
#include "common/outcome.h"
#include "common/selector.h"

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

void show_problem(const char *program, const struct problem *why)
{
    (void)fprintf(stderr, "%s: %s\n", program, why->text);
}

/* What it most likely means, and what to do. */
static const char *hint(int code)
{
    switch (code) {
    case EXIT_OK: return "ended as asked";
    case EXIT_NO_ANSWER:
        return "the peer does not answer: check its address, that it runs, and that firewalls pass "
               "UDP 500 and 4500; if only IKE_SA_INIT gets through, try --fragment-size 576";
    case EXIT_PROPOSAL:
        return "no common proposal: compare --proposal (IKE) and --esp-proposal with the peer's";
    case EXIT_AUTH:
        return "authentication failed: the pre-shared keys differ, or --id and --remote-id do not "
               "mirror the peer's";
    case EXIT_SELECTORS:
        return "no common traffic selectors: --local-ts must meet what the peer has as remote, and "
               "--remote-ts what it has as local";
    case EXIT_LOCAL: return "a local failure: look at the lines above, or run again with --trace";
    default: return "the peer broke off: look at its log, or run again with --trace";
    }
}

void show_failure(const char *program, int code, const char *record)
{
    (void)fprintf(stderr, "%s: %s%s%s%s\n", program, hint(code),
                  *record != '\0' ? " [" : "", record, *record != '\0' ? "]" : "");
}
