/* summary.c - what was found, one line each. What a peer sent is shown as numbers and by names of
 * our own only. */
#include "summary.h"

#include <inttypes.h>
#include <time.h>

#include <ike2/iana.h>

#include "common/names.h"
#include "common/udp.h"
#include "cursor.h"

enum { ADDR_TEXT = 64 };

/* In UTC. Times of damaged files may be beyond all calendars. */
static void time_print(FILE *out, const struct packet *packet)
{
    time_t seconds = (time_t)packet->seconds;
    char text[64] = "";
    struct tm tm;

    if (gmtime_r(&seconds, &tm) == NULL || tm.tm_year + 1900 > 9999 || tm.tm_year < 0 ||
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &tm) == 0)
        fprintf(out, " %" PRId64 ".%06" PRIu32, packet->seconds, packet->microseconds);
    else
        fprintf(out, " %s.%06" PRIu32 "Z", text, packet->microseconds);
}

static void head_print(FILE *out, const struct carried *c)
{
    char src[ADDR_TEXT], dst[ADDR_TEXT];

    udp_addr_text(&c->src, src, sizeof src);
    udp_addr_text(&c->dst, dst, sizeof dst);
    fprintf(out, "%" PRIu64, c->packet->number);
    time_print(out, c->packet);
    fprintf(out, " %s > %s", src, dst);
    if (c->encap == IKE2_ENCAP_TCP)
        fputs(" TCP", out);
}

/* --- IKE ----------------------------------------------------------------------------------- */

const char *flaw_text(enum flaw flaw)
{
    switch (flaw) {
    case FLAW_NONE: return "nothing";
    case FLAW_HEADER: return "shorter than a header";
    case FLAW_LENGTH: return "the length in the header is not that of a message";
    case FLAW_TRAILING: return "octets behind the end";
    case FLAW_CHAIN: return "the chain of payloads breaks off";
    case FLAW_BODY: return "the body of a payload";
    case FLAW_FRAMING: return "the framing of the sealed payload";
    case FLAW_PADDING: return "the padding";
    case FLAW_NESTED: return "a sealed payload within the sealed payload";
    }
    return "";
}

static void payload_print(FILE *out, const ike2_payload *payload)
{
    char name[NAME_TEXT];
    ike2_notify notify;

    if (payload->type == IKE2_PAYLOAD_NOTIFY &&
        ike2_notify_read(payload->body, &notify) == IKE2_OK) {
        name_text(ike2_notify_name(notify.type), notify.type, name);
        fprintf(out, " N(%s)", name);
        return;
    }
    name_text(ike2_payload_name(payload->type), payload->type, name);
    fprintf(out, " %s", name);
}

static void chain_print(FILE *out, const struct chain *chain)
{
    ike2_payload payload;
    ike2_walk walk;

    if (!chain->is_there)
        return;
    ike2_payload_walk(&walk, chain->first, chain->octets);
    while (ike2_payload_next(&walk, &payload))
        payload_print(out, &payload);
}

static void verdict_print(FILE *out, const struct carried *c, const struct findings *f)
{
    char name[NAME_TEXT];

    switch (f->verdict) {
    case VERDICT_OK:
    case VERDICT_FAILED: break;
    case VERDICT_BADICV: fputs(" (wrong ICV)", out); break;
    case VERDICT_NOTIKE: fprintf(out, " %zu octets, not dissected", c->octets.len); break;
    case VERDICT_CUT: fprintf(out, " (cut short after %zu octets)", c->octets.len); break;
    case VERDICT_MALFORMED:
        fprintf(out, " (malformed: %s", flaw_text(f->flaw));
        if (f->flaw == FLAW_BODY) {
            name_text(ike2_payload_name(f->unsound), f->unsound, name);
            fprintf(out, ", %s", name);
        }
        fputc(')', out);
        break;
    }
}

static void header_print(FILE *out, const ike2_header *h)
{
    char exchange[NAME_TEXT];

    if (h->version >> 4 != IKE2_VERSION_2_0 >> 4) {
        fprintf(out, " IKE version %u.%u", h->version >> 4, h->version & 0x0f);
        return;
    }
    name_text(ike2_exchange_name(h->exchange), h->exchange, exchange);
    fprintf(out, " %s %s %" PRIu32, exchange,
            (h->flags & IKE2_FLAG_RESPONSE) != 0 ? "response" : "request", h->message_id);
}

void summary_message(FILE *out, const struct carried *c, const struct findings *f)
{
    head_print(out, c);
    header_print(out, &f->header);
    chain_print(out, &f->outer);
    if (f->has_parts && f->parts.fragments != 0)
        fprintf(out, " %u/%u", f->parts.fragment, f->parts.fragments);
    if (f->inner.is_there) {
        fputs(" {", out);
        chain_print(out, &f->inner);
        fputs(" }", out);
    }
    verdict_print(out, c, f);
    fputc('\n', out);
}

/* --- What is not IKE ----------------------------------------------------------------------- */

void summary_other(FILE *out, const struct carried *c, const ike2_peeked *peeked)
{
    struct cursor cursor = cursor_of(c->octets);

    head_print(out, c);
    if (peeked->kind == IKE2_KIND_KEEPALIVE) {
        fputs(" NAT keepalive", out);
    } else if (peeked->kind == IKE2_KIND_ESP) {
        (void)take_u32(&cursor);
        fprintf(out, " ESP 0x%08" PRIx32 " sequence %" PRIu32 ", %zu octets", peeked->esp_spi,
                take_u32(&cursor), c->octets.len);
    } else {
        fprintf(out, " neither IKE nor ESP, %zu octets", c->octets.len);
    }
    fputs(c->is_cut ? " (cut short)\n" : "\n", out);
}
