/* capture.c - libpcap's view of a file, made ours. */
#include "capture.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <pcap/pcap.h>

struct capture {
    pcap_t *pcap;
    uint64_t n_packets;
};

/* Every form of a pcap file begins with octets that are no text, see pcap-savefile(5); pcapng with
 * line ends that no text has. */
bool capture_is_one(const char *path)
{
    static const uint8_t pcapng[4] = { 0x0a, 0x0d, 0x0d, 0x0a };
    FILE *file = fopen(path, "rb");
    uint8_t start[4];
    size_t len, i;

    if (file == NULL)
        return false;
    len = fread(start, 1, sizeof start, file);
    fclose(file);
    if (len == sizeof pcapng && memcmp(start, pcapng, sizeof pcapng) == 0)
        return true;
    for (i = 0; i < len; i++) {
        if (start[i] >= 0x7f || (start[i] < ' ' && strchr("\t\r\n", start[i]) == NULL))
            return true;
    }
    return false;
}

static bool link_of(int datalink, enum link_type *link)
{
    switch (datalink) {
    case DLT_EN10MB: *link = LINK_ETHERNET; return true;
    case DLT_LINUX_SLL: *link = LINK_COOKED; return true;
    case DLT_LINUX_SLL2: *link = LINK_COOKED_2; return true;
    case DLT_RAW:
    case DLT_IPV4:
    case DLT_IPV6: *link = LINK_RAW; return true;
    case DLT_NULL:
    case DLT_LOOP: *link = LINK_LOOPBACK; return true;
    default: return false;
    }
}

static bool link_check(struct report *report, pcap_t *pcap, enum link_type *link)
{
    int datalink = pcap_datalink(pcap);
    const char *name = pcap_datalink_val_to_name(datalink);

    if (link_of(datalink, link))
        return true;
    report_error(report,
                 "link type %d%s%s%s is not known; Ethernet, Linux cooked v1 and v2, raw IP and "
                 "BSD loopback are",
                 datalink, name != NULL ? " (" : "", name != NULL ? name : "",
                 name != NULL ? ")" : "");
    return false;
}

struct capture *capture_open(struct report *report, enum link_type *link)
{
    char reason[PCAP_ERRBUF_SIZE] = "";
    struct capture *c = calloc(1, sizeof *c);
    FILE *file = fopen(report->path, "rb");

    if (c == NULL || file == NULL) {
        report_error(report, "%s", strerror(errno));
        goto out;
    }
    c->pcap = pcap_fopen_offline(file, reason);
    if (c->pcap == NULL) {
        report_error(report, "no pcap or pcapng file that libpcap can read: %s", reason);
        goto out;
    }
    /* Now it is libpcap's to close. */
    file = NULL;
    if (link_check(report, c->pcap, link))
        return c;
out:
    if (file != NULL)
        fclose(file);
    capture_close(c);
    return NULL;
}

void capture_close(struct capture *c)
{
    if (c == NULL)
        return;
    if (c->pcap != NULL)
        pcap_close(c->pcap);
    free(c);
}

bool capture_next(struct capture *c, struct report *report, struct packet *out)
{
    struct pcap_pkthdr *header;
    const uint8_t *octets;
    int status = pcap_next_ex(c->pcap, &header, &octets);

    report->packet = status == PCAP_ERROR_BREAK ? 0 : ++c->n_packets;
    if (status == PCAP_ERROR)
        report_error(report, "the file cannot be read further: %s", pcap_geterr(c->pcap));
    if (status != 1)
        return false;
    *out = (struct packet){
        .number = c->n_packets,
        .seconds = header->ts.tv_sec,
        .microseconds = (uint32_t)header->ts.tv_usec,
        .octets = { .ptr = octets, .len = header->caplen },
        .wire_len = header->len,
    };
    return true;
}
