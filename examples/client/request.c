#include "request.h"

#include <string.h>

#include <ike2/iana.h>

#include "common/value.h"

static const char *const words[] = { "ip4", "ip6", "dns", "domains", "nbns" };

enum { N_WORDS = sizeof words / sizeof words[0], WORD_ROOM = 32 };

const char *request_add(struct request *r, const char *text)
{
    char word[WORD_ROOM];
    const char *wrong;
    size_t len, index = 0;

    for (;; text += len + 1) {
        len = strcspn(text, ",");
        if (len >= sizeof word)
            len = sizeof word - 1; /* no word has so many letters: this says so */
        memcpy(word, text, len);
        word[len] = '\0';
        wrong = value_word(word, words, N_WORDS, &index);
        if (wrong != NULL)
            return wrong;
        r->what |= 1u << index;
        if (text[len] == '\0')
            return NULL;
    }
}

static void add(struct request *r, uint16_t type, const uint8_t *octets, size_t len)
{
    r->list[r->n++] = (ike2_cfg_attr){ .type = type, .value = { .ptr = octets, .len = len } };
}

/* Without a wish its value is empty. RFC 7296 3.15.1: of IPv6 with the length of a prefix. */
static void add_address(struct request *r, uint8_t family, const ike2_addr *wanted, size_t n)
{
    uint16_t type = family == 4 ? IKE2_CFG_INTERNAL_IP4_ADDRESS : IKE2_CFG_INTERNAL_IP6_ADDRESS;
    uint8_t *room = r->room[family == 6];
    size_t i = 0;

    while (i < n && wanted[i].family != family)
        i++;
    if (i < n) {
        memcpy(room, wanted[i].ip, 16);
        room[16] = 128;
    }
    add(r, type, room, i == n ? 0 : family == 4 ? 4 : 17);
}

const char *request_make(struct request *r, const ike2_addr *wanted, size_t n)
{
    r->n = 0;
    if (r->what == 0)
        return NULL;
    if ((r->what & (REQUEST_IP4 | REQUEST_IP6)) == 0)
        return "what is asked for goes with an address: add ip4 or ip6 to --request";
    if ((r->what & REQUEST_DOMAINS) != 0)
        r->what |= REQUEST_DNS; /* RFC 8598 3.1 */
    if ((r->what & REQUEST_IP4) != 0)
        add_address(r, 4, wanted, n);
    if ((r->what & REQUEST_IP6) != 0)
        add_address(r, 6, wanted, n);
    if ((r->what & REQUEST_DNS) != 0 && (r->what & REQUEST_IP4) != 0)
        add(r, IKE2_CFG_INTERNAL_IP4_DNS, NULL, 0);
    if ((r->what & REQUEST_DNS) != 0 && (r->what & REQUEST_IP6) != 0)
        add(r, IKE2_CFG_INTERNAL_IP6_DNS, NULL, 0);
    if ((r->what & REQUEST_DOMAINS) != 0)
        add(r, IKE2_CFG_INTERNAL_DNS_DOMAIN, NULL, 0);
    if ((r->what & REQUEST_NBNS) != 0)
        add(r, IKE2_CFG_INTERNAL_IP4_NBNS, NULL, 0);
    return NULL;
}
